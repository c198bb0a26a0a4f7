import * as z from 'zod';
import { deviceId, list, size } from '../scenario/schema-parts.js';
import { findDisk } from './rig.js';
import { stepKind, type CommandOutput } from './step-kind.js';

/** In the guest: what each block of a disk must hold (images/programs/block-pattern.h). */
const patternFolder = '/run/p2plab-patterns';
export const patternMap = (diskId: string): string => `${patternFolder}/${diskId}`;

export const diskParam = deviceId('a drive, or a disk that nvme-connect named');

/** Lines of JSON, one for each command. */
export const readJson = <T>(outputs: readonly CommandOutput[]): T[] =>
  outputs.map(({ stdout }) => JSON.parse(stdout) as T);

/**
 * Writes a pattern that depends on the LBA, and is another one each time, from RAM to the beginning of disks.
 * Samples: bytes of each disk.
 */
export const patternFill = stepKind({
  kind: 'pattern-fill',
  summary: 'writes blocks from RAM, each unlike any other, for p2pmem-copy',
  parameters: 'disks (one or a list), size (of each)',
  records: 'bytes (of each disk)',
  params: z.strictObject({ disks: list(diskParam), size: size({ min: 512, multipleOf: 512 }) }),
  references: ({ disks }) =>
    disks.map((id, n) => ({ path: ['disks', n], id, want: ['nvme' as const, 'connected' as const] })),
  commands: ({ disks, size }, rig) =>
    disks.map((id) => ({
      label: id,
      script: [
        findDisk(rig.disk(id)),
        `mkdir -p ${patternFolder}`,
        `exec drive-pattern fill ${patternMap(id)} "$disk" ${size}`,
      ].join('\n'),
    })),
  samples: ({ size }, outputs) => {
    const filled = readJson<{ bytes: number }>(outputs);
    if (filled.some(({ bytes }) => bytes !== size)) throw new Error(`a disk was not filled with ${size} B`);
    return [{ name: 'bytes', value: size, unit: 'B' }];
  },
  asFound: () => [{ label: 'patterns', script: `rm -rf ${patternFolder}` }],
});
