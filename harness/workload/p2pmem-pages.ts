import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { readFigures } from './read-figures.js';
import { p2pmemDir } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/** Maps every page of a provider's pool by itself, all at the same time, and records where in the BAR they are. */
export const p2pmemPages = stepKind({
  kind: 'p2pmem-pages',
  summary: "takes each page of a provider's p2pmem and looks where in the BAR it is",
  parameters: 'provider',
  records:
    'pages, left (in the pool when all are taken), outside (not in the BAR), twice, first, last (page of the BAR), runs (of pages without a gap), badBytes',
  params: z.strictObject({ provider: deviceId('a provider') }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider }, rig) => [
    { label: 'pages', script: `p2pmem-sweep pages ${p2pmemDir(rig.bdf(provider))}` },
  ],
  samples: (_, [output]) => readFigures(output?.stdout),
  asFound: leavesNothing,
});
