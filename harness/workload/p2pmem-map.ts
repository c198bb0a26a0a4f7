import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { p2pmemDir } from './rig.js';
import { type CommandOutput, leavesNothing, type Sample, stepKind } from './step-kind.js';

/** x86's; the pool is handed out in pages (gen_pool of order PAGE_SHIFT in drivers/pci/p2pdma.c, 6.12). */
export const pageBytes = 4096;

/**
 * Maps pages of a provider, fills them with a pattern that depends on the position, reads it back, unmaps.
 * Samples: error (`none` or an errno name), pagesTaken while mapped, pagesMissing afterwards, badBytes.
 */
export const p2pmemMap = stepKind({
  kind: 'p2pmem-map',
  summary: 'maps pages of p2pmem, fills and checks them, unmaps them',
  parameters: 'provider, pages',
  records: 'error, pagesTaken, pagesMissing, badBytes',
  params: z.strictObject({ provider: deviceId('a provider'), pages: count({ min: 1 }) }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, pages }, rig) => [
    {
      label: `${pages}-pages`,
      script: `p2pmem-map map ${p2pmemDir(rig.bdf(provider))}/allocate ${pages * pageBytes}`,
    },
  ],
  samples: (_, [output]) => {
    const seen = readMapping(output);
    return [
      ...commonSamples(seen),
      { name: 'pagesTaken', value: (seen.availableBefore - (seen.availableDuring ?? NaN)) / pageBytes },
    ];
  },
  asFound: leavesNothing,
});

/** One line of JSON that p2pmem-map prints (images/programs/p2pmem-map.c); bytes. */
type Mapping = {
  error: string;
  availableBefore: number;
  availableDuring?: number;
  availableAtEnd?: number;
  availableAfter: number;
  badBytes: number;
  mappedBytes?: number;
};

export const readMapping = (output: CommandOutput | undefined): Mapping =>
  JSON.parse(output?.stdout ?? '') as Mapping;

export const commonSamples = (seen: Mapping): Sample[] => [
  { name: 'error', value: seen.error || 'none' },
  { name: 'pagesMissing', value: (seen.availableBefore - seen.availableAfter) / pageBytes },
  { name: 'badBytes', value: seen.badBytes },
];
