import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { readFigures } from './read-figures.js';
import { pageBytes } from './p2pmem-map.js';
import { p2pmemDir, type Rig } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { askTestModule } from './test-module.js';

/** Limits are those of images/programs/p2pmem-holders.c. */
const params = z.strictObject({
  provider: deviceId('a provider'),
  holders: count({ min: 1, max: 32 }).default(4),
  rounds: count({ min: 1 }).default(10),
  operations: count({ min: 1 }).default(50),
  kernelThreads: count({ max: 64 }).default(0),
});
type HoldersParams = z.infer<typeof params>;

/** That long the kernel's threads go on; the processes need a second or two, in an emulated guest. */
const kernelMs = 2000;

/**
 * Processes that map, unmap and fork at the same time, one of which is killed in each second round, beside readers of
 * the provider's sysfs files. After each round all are quiet, and what they hold is compared with `available`.
 *
 * With `kernelThreads` threads of the test module allocate meanwhile, as drivers do, and check what they get. They are
 * never quiet, so that there is no `wrongAvailable` then; what is missing at the end is always recorded.
 */
export const p2pmemHolders = stepKind({
  kind: 'p2pmem-holders',
  summary: 'many processes take p2pmem and give it back, fork, and are killed, while others read sysfs',
  parameters:
    'provider, holders (4 processes), rounds (10), operations (50, of each process in a round), kernelThreads (0)',
  records:
    'rounds, killed, mapped, refused (with ENOMEM), exhausted (yes: some were), otherErrors, forks, wrongAvailable (times that all were quiet and available was not what is not held), outside (pages that are not in the BAR), twice (pages that two have), reads, wrongReads (of sysfs), badBytes, pagesMissing',
  params,
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: (p, rig) => [{ label: `${p.holders}-holders`, script: holdersScript(p, rig) }],
  samples: ({ kernelThreads }, [output]) => {
    const stdout = output?.stdout ?? '';
    const [, before, after] = /^available (\d+) (\d+)$/m.exec(stdout) ?? [];
    const figures = readFigures(/^\{.*\}$/m.exec(stdout)?.[0]);
    const refused = figures.find(({ name }) => name === 'refused')?.value;
    return [
      ...figures.filter(({ name }) => kernelThreads === 0 || name !== 'wrongAvailable'),
      { name: 'exhausted', value: refused === 0 ? 'no' : 'yes' },
      { name: 'pagesMissing', value: (Number(before) - Number(after)) / pageBytes },
    ];
  },
  asFound: leavesNothing,
});

function holdersScript({ provider, holders, rounds, operations, kernelThreads }: HoldersParams, rig: Rig) {
  const bdf = rig.bdf(provider);
  const dir = p2pmemDir(bdf);
  const threads = askTestModule('alloc', `${bdf} threads ${kernelThreads} ${kernelMs}`);
  return [
    `read -r before <${dir}/available`,
    ...(kernelThreads > 0 ? [`(\n${threads}\n) & threads=$!`] : []),
    `p2pmem-holders ${dir} ${holders} ${rounds} ${operations} || exit 1`,
    ...(kernelThreads > 0 ? ['wait $threads || exit 1'] : []),
    `read -r after <${dir}/available`,
    'echo "available $before $after"',
  ].join('\n');
}
