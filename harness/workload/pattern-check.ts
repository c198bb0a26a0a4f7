import * as z from 'zod';
import { list } from '../scenario/schema-parts.js';
import { diskParam, patternMap, readJson } from './pattern-fill.js';
import { findDisk } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

type Checked = { bytes: number; badOnDisk: number; firstBad: string };

/**
 * Reads all that pattern-fill wrote into RAM, and compares it with what it and the copies since then must have left.
 * Samples: bytes of each disk; badOnDisk, bytes that differ on any of them; firstBad, `none` or which block of which
 * fill was found where.
 */
export const patternCheck = stepKind({
  kind: 'pattern-check',
  summary: 'reads what pattern-fill and p2pmem-copy left on disks into RAM, and compares every byte',
  parameters: 'disks (one or a list)',
  records: 'bytes (of each disk), badOnDisk (must be 0), firstBad',
  params: z.strictObject({ disks: list(diskParam) }),
  references: ({ disks }) =>
    disks.map((id, n) => ({ path: ['disks', n], id, want: ['nvme' as const, 'connected' as const] })),
  commands: ({ disks }, rig) =>
    disks.map((id) => ({
      label: id,
      script: `${findDisk(rig.disk(id))}\nexec drive-pattern check ${patternMap(id)} "$disk"`,
    })),
  samples: ({ disks }, outputs) => {
    const checked = readJson<Checked>(outputs);
    const wrong = checked.findIndex(({ badOnDisk }) => badOnDisk > 0);
    return [
      { name: 'bytes', value: Math.min(...checked.map(({ bytes }) => bytes)), unit: 'B' },
      { name: 'badOnDisk', value: checked.reduce((sum, { badOnDisk }) => sum + badOnDisk, 0) },
      { name: 'firstBad', value: wrong < 0 ? 'none' : `${disks[wrong]} ${checked[wrong]!.firstBad}` },
    ];
  },
  asFound: leavesNothing,
});
