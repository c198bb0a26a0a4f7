import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';
import { answerOf, askTestModule, figuresOf } from './test-module.js';

/**
 * What the pages of a device's BARs cost in system memory, whoever may allocate them.
 * Samples: ranges, pages, structPageBytes.
 */
export const p2pmemCost = stepKind({
  kind: 'p2pmem-cost',
  summary: "counts the ranges of a device's BARs that have struct pages, and the bytes of these",
  parameters: 'provider',
  records: 'ranges, pages, structPageBytes',
  params: z.strictObject({ provider: deviceId('a provider') }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider }, rig) => [{ label: 'cost', script: askTestModule('cost', rig.bdf(provider)) }],
  samples: (_, [output]) => {
    const { ranges = NaN, pages = NaN, bytes = NaN } = figuresOf(answerOf(output));
    return [
      { name: 'ranges', value: ranges },
      { name: 'pages', value: pages },
      { name: 'structPageBytes', value: bytes, unit: 'B' },
    ];
  },
});
