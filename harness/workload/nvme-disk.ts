import * as z from 'zod';
import { deviceId, oneOf, size } from '../scenario/schema-parts.js';
import { findDisk } from './rig.js';
import { stepKind } from './step-kind.js';

/** A host looks for namespaces when the target's event has come, or when it has connected again. */
const waitSeconds = 30;

/** Waits until a connected disk is there, has a size, or is gone. Sample: bytes, 0 of one that is gone. */
export const nvmeDisk = stepKind({
  kind: 'nvme-disk',
  summary: 'waits until a connected disk is there, with its controller live, or gone',
  parameters: 'disk, state (there, gone), size (that it must have)',
  records: 'bytes',
  params: z.strictObject({
    disk: deviceId('a disk that nvme-connect named'),
    state: oneOf(['there', 'gone']).default('there'),
    size: size({ multipleOf: 512 }).optional(),
  }),
  references: ({ disk }) => [{ path: ['disk'], id: disk, want: ['connected'] }],
  commands: ({ disk, state, size: wanted }, rig) => {
    const is = state === 'gone' ? '$bytes = 0' : wanted === undefined ? '$bytes -gt 0' : `$bytes = ${wanted}`;
    const lines = [
      'look() {',
      '  bytes=0',
      '  disk=$(',
      findDisk(rig.disk(disk)),
      '  echo "$disk") 2>/dev/null || return 0',
      '  { read -r state <"/sys/block/${disk##*/}/device/state" && read -r sectors <"/sys/block/${disk##*/}/size"; } 2>/dev/null || return 0',
      // one whose controller connects again is not gone, and not there either
      `  ${state === 'gone' ? '' : '[ "$state" != live ] || '}bytes=$((sectors * 512))`,
      '}',
      'read -r now _ </proc/uptime; end=$((${now%.*} + ' + waitSeconds + '))',
      `until look; [ ${is} ]; do`,
      `  read -r now _ </proc/uptime; [ \${now%.*} -lt $end ] || { echo "after ${waitSeconds} s ${disk} is not as wanted (${state}): $bytes B, controller \${state:-gone}" >&2; exit 1; }`,
      '  sleep 0.05',
      'done',
      'echo "bytes $bytes"',
    ];
    return [{ label: state, script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const bytes = /^bytes (\d+)$/m.exec(output?.stdout ?? '')?.[1];
    if (bytes === undefined) throw new Error('the script did not say how large the disk is');
    return [{ name: 'bytes', value: Number(bytes), unit: 'B' }];
  },
  withoutP2p: (p) => p,
  undo: () => [],
});
