import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { readFigures } from './read-figures.js';
import { p2pmemDir } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/**
 * Maps a provider's memory in many sizes, one after the other: each size up to 64 pages, from there on every `every`
 * pages, around the powers of two, and the whole pool; not always to the end of the last page.
 */
export const p2pmemSizes = stepKind({
  kind: 'p2pmem-sizes',
  summary: 'maps p2pmem in many sizes, up to the whole pool, and looks at each page that it gets',
  parameters: 'provider, every (64; pages, 1 is all sizes)',
  records:
    'sizes, refused, wrongTaken (times that available did not change by the pages of the mapping), outside (pages that are not in the BAR), twice (pages that are in a mapping twice), badBytes',
  params: z.strictObject({ provider: deviceId('a provider'), every: count({ min: 1 }).default(64) }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, every }, rig) => [
    { label: `every-${every}`, script: `p2pmem-sweep sizes ${p2pmemDir(rig.bdf(provider))} ${every}` },
  ],
  samples: (_, [output]) => readFigures(output?.stdout),
  asFound: leavesNothing,
});
