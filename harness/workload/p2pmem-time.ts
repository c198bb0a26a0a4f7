import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';
import { answerOf, askTestModule, deviceIndex, figuresOf, findTarget } from './test-module.js';

/**
 * Times pairs of allocate and free of a page in the kernel: the fastest of several batches of `pairs`.
 * Sample: nsPerPair, an emulator's, so only to be compared with another of the same host.
 */
export const p2pmemTime = stepKind({
  kind: 'p2pmem-time',
  summary: 'times allocate and free of a page of p2pmem in the kernel',
  parameters: 'provider, device, pairs (1000)',
  records: 'nsPerPair',
  params: z.strictObject({
    provider: deviceId('a provider'),
    device: deviceIndex,
    pairs: count({ min: 1, max: 100_000 }).default(1000),
  }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, device, pairs }, rig) => {
    const lines = [findTarget(rig.bdf(provider), device), askTestModule('time', `$target ${pairs}`)];
    return [{ label: 'time', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const { ns = NaN } = figuresOf(answerOf(output));
    return [{ name: 'nsPerPair', value: ns, unit: 'ns', better: 'lower' }];
  },
});
