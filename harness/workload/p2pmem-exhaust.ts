import * as z from 'zod';
import { deviceId, size } from '../scenario/schema-parts.js';
import { commonSamples, pageBytes, readMapping } from './p2pmem-map.js';
import { p2pmemDir } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/**
 * Takes a provider's whole pool, in chunks and then by the page, until mmap fails; checks every pattern; gives back.
 * Samples: error of the mmap that failed, mapped (bytes), leftAtEnd (bytes that could not be had), pagesMissing, badBytes.
 */
export const p2pmemExhaust = stepKind({
  kind: 'p2pmem-exhaust',
  summary: "takes all of a provider's p2pmem until mmap fails, then gives it back",
  parameters: 'provider, chunk (1M)',
  records: 'error, mapped, leftAtEnd (B), pagesMissing, badBytes',
  params: z.strictObject({
    provider: deviceId('a provider'),
    chunk: size({ min: pageBytes, multipleOf: pageBytes }).default(2 ** 20),
  }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, chunk }, rig) => [
    { label: 'exhaust', script: `p2pmem-map exhaust ${p2pmemDir(rig.bdf(provider))}/allocate ${chunk}` },
  ],
  samples: (_, [output]) => {
    const seen = readMapping(output);
    return [
      ...commonSamples(seen),
      { name: 'mapped', value: seen.mappedBytes ?? NaN, unit: 'B' },
      { name: 'leftAtEnd', value: seen.availableAtEnd ?? NaN, unit: 'B' },
    ];
  },
  asFound: leavesNothing,
});
