import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { findDisk } from './rig.js';
import { stepKind } from './step-kind.js';

/** Resets the controller of a disk, which is idle (fio's `meanwhile` resets it in the middle of I/O). */
export const nvmeReset = stepKind({
  kind: 'nvme-reset',
  summary: "resets the controller of a drive or of a connected disk, and waits until it's live",
  parameters: 'disk, times (1)',
  records: 'state (live)',
  params: z.strictObject({
    disk: deviceId('a drive, or a disk that nvme-connect named'),
    times: count({ min: 1, max: 1000 }).default(1),
  }),
  references: ({ disk }) => [{ path: ['disk'], id: disk, want: ['nvme', 'connected'] }],
  commands: ({ disk, times }, rig) => {
    const lines = [
      'set -e',
      findDisk(rig.disk(disk)),
      'cd "/sys/block/${disk##*/}/device"',
      `round=0; while [ $round -lt ${times} ]; do echo 1 >reset_controller; round=$((round + 1)); done`,
      'read -r state <state; echo "state $state"',
    ];
    return [{ label: 'reset', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const state = /^state (\S+)$/m.exec(output?.stdout ?? '')?.[1];
    if (state === undefined) throw new Error("the script did not say what the controller's state is");
    return [{ name: 'state', value: state }];
  },
});
