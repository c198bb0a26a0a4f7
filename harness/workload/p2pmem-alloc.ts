import * as z from 'zod';
import { count, deviceId, oneOf } from '../scenario/schema-parts.js';
import { pageBytes } from './p2pmem-map.js';
import { whileHeld } from './hold-p2pmem.js';
import { p2pmemDir } from './rig.js';
import { leavesNothing, type Sample, stepKind } from './step-kind.js';
import { answerOf, askTestModule, deviceIndex, figuresOf, findTarget } from './test-module.js';

/** Limits are the test module's (P2PMEM_TEST_MAX_* of drivers/pci/p2pmem-test.c). */
const params = z.strictObject({
  provider: deviceId('a provider'),
  device: deviceIndex,
  work: oneOf(['sizes', 'exhaust', 'fragment', 'threads']),
  threads: count({ min: 1, max: 64 }).default(4),
  forMs: count({ min: 1, max: 60_000 }).default(1000),
  leave: z.optional(count()),
});

/**
 * Has the kernel allocate from a provider as a driver would, and check place and content of everything it gets; an
 * error is a failure of the step. With `leave` a process has all of the pool but so many pages meanwhile.
 * Samples: the figures of the work, pagesMissing afterwards by sysfs.
 */
export const p2pmemAlloc = stepKind({
  kind: 'p2pmem-alloc',
  summary:
    'allocates p2pmem in the kernel in a pattern of sizes, until nothing is left, or from many threads',
  parameters:
    'provider, device, work (sizes, exhaust, fragment, threads), threads (4), forMs (1000), leave (pages of the pool that a process does not hold meanwhile)',
  records:
    'pagesMissing, and of the work allocations, refused, bytes, again (B), pages, holes, larger, refilled, threads, pairs',
  params,
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, device, work, threads, forMs, leave }, rig) => {
    const bdf = rig.bdf(provider);
    const question = work === 'threads' ? `threads ${threads} ${forMs}` : work;
    const ask = askTestModule('alloc', `$target ${question}`);
    const lines = [
      findTarget(bdf, device),
      `read -r before <${p2pmemDir(bdf)}/available`,
      leave === undefined ? ask : whileHeld(bdf, `$((before - ${leave * pageBytes}))`, ask),
      `read -r after <${p2pmemDir(bdf)}/available`,
      'echo "available $before $after"',
    ];
    return [{ label: work, script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const [, ...words] = answerOf(output);
    const [, before, after] = /^available (\d+) (\d+)$/m.exec(output?.stdout ?? '') ?? [];
    return [
      ...Object.entries(figuresOf(words)).map(([name, value]): Sample => ({
        name,
        value,
        ...(['bytes', 'again'].includes(name) && { unit: 'B' }),
      })),
      { name: 'pagesMissing', value: (Number(before) - Number(after)) / pageBytes },
    ];
  },
  asFound: leavesNothing,
});
