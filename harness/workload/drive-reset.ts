import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';

/**
 * Resets a drive's controller through sysfs (nvme_sysfs_reset() in drivers/nvme/host/sysfs.c, 6.12): the write returns
 * when the controller works again, or has failed to. Samples: state (`live` is good), resets that were done.
 */
export const driveReset = stepKind({
  kind: 'drive-reset',
  summary: 'resets the controller of a drive, in use or not',
  parameters: 'drive, times (1)',
  records: 'state (live), resets',
  params: z.strictObject({ drive: deviceId('a drive'), times: count({ min: 1, max: 100 }).default(1) }),
  references: ({ drive }) => [{ path: ['drive'], id: drive, want: ['nvme'] }],
  commands: ({ drive, times }, rig) => {
    const lines = [
      'set -e',
      `cd /sys/bus/pci/devices/${rig.bdf(drive)}/nvme/nvme*`,
      `n=0; while [ $n -lt ${times} ]; do echo 1 >reset_controller; n=$((n + 1)); done`,
      'echo "reset $n $(cat state)"',
    ];
    return [{ label: 'reset', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const [, resets, state] = /^reset (\d+) (\S+)$/m.exec(output?.stdout ?? '') ?? [];
    if (state === undefined) throw new Error('the script did not tell the state');
    return [
      { name: 'state', value: state },
      { name: 'resets', value: Number(resets) },
    ];
  },
});
