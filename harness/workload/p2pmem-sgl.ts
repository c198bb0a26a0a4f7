import * as z from 'zod';
import { deviceId, size } from '../scenario/schema-parts.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { answerOf, askTestModule, deviceIndex, figuresOf, findTarget } from './test-module.js';

/**
 * Has the kernel allocate a scatterlist and check its entries, lengths and content; an error is a failure of the step.
 * Samples: nents, bytes; both 0 when there was no memory.
 */
export const p2pmemSgl = stepKind({
  kind: 'p2pmem-sgl',
  summary: 'allocates a scatterlist of p2pmem in the kernel and checks it',
  parameters: 'provider, device, length',
  records: 'nents, bytes',
  params: z.strictObject({
    provider: deviceId('a provider'),
    device: deviceIndex,
    length: size({ min: 1, max: 2 ** 32 - 1 }),
  }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, device, length }, rig) => {
    const lines = [findTarget(rig.bdf(provider), device), askTestModule('sgl', `$target ${length}`)];
    return [{ label: 'sgl', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const [outcome, ...words] = answerOf(output);
    const { nents = NaN, bytes = NaN } = outcome === 'none' ? { nents: 0, bytes: 0 } : figuresOf(words);
    return [
      { name: 'nents', value: nents },
      { name: 'bytes', value: bytes, unit: 'B' },
    ];
  },
  asFound: leavesNothing,
});
