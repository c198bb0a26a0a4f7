import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sideOf, type Boot } from '../benchmark/boot.js';
import { compareBoots } from '../benchmark/compare-boots.js';
import type { Verdict } from '../benchmark/comparison.js';
import { exactMetrics } from '../benchmark/exact-metrics.js';
import { packageRoot } from '../common/paths.js';
import type { Measurement } from '../cost/measurement.js';
import { markdownTable } from '../report/markdown-text.js';
import { BootStore, type StoredBoot } from './boot-store.js';

// npm run bench:power: how often a benchmark notices kernels that do 1, 2, 5 and 10 % more, and how often one that does not.

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'p2plab-power' },
    minutes: { type: 'string', default: '600' },
    pairs: { type: 'string', default: '6' },
    table: { type: 'string', default: path.join(packageRoot, 'harness/bench/power.md') },
  },
});
const until = Date.now() + Number(values.minutes) * 60_000;
const wallPairs = Number(values.pairs);
const patches = ['map-segment-10', 'map-segment-5', 'map-segment-2', 'map-segment-1'];
const tries = 10;
const controls = 20;

const rules = { resolution: 0.01, seed: 1 };
const signal = new AbortController().signal;
const store = await BootStore.open(values.out);

/** Verdicts on the exact cost, one boot of each side; those that were not done yet are missing. */
const exact = new Map<string, Verdict[]>();
const wall = new Map<string, Verdict[]>();
const note = (of: Map<string, Verdict[]>, kernel: string, verdict: Verdict) =>
  of.set(kernel, [...(of.get(kernel) ?? []), verdict]);

for (let n = 0; n < controls; n++) {
  const base = await exactBoot('base', n);
  const again = await exactBoot('base', n, 'again');
  if (base && again) note(exact, 'base', verdictOn([base, again], 'exact'));
  if (n >= tries) continue;
  for (const patch of patches) {
    const head = await exactBoot(patch, n);
    if (base && head) note(exact, patch, verdictOn([base, head], 'exact'));
  }
}
for (let n = 0; n < controls; n++) {
  const heads = n < tries ? [...patches, 'base'] : ['base'];
  const rounds = await wallRounds(heads, n);
  if (rounds) for (const head of heads) note(wall, head, verdictOn(benchOf(rounds, head), 'wall'));
}
await writeFile(values.table, tableText());
process.stdout.write(tableText());

async function exactBoot(kernel: string, n: number, again = ''): Promise<StoredBoot | undefined> {
  return bootInTime(`exact ${kernel} ${n} ${again}`.trim(), kernel, ['exact', 'count']);
}

type Round = { base: StoredBoot; heads: Map<string, StoredBoot> };

/**
 * One boot of base and one of each head to a round, every other round backwards: each head is with base as it is in a bench,
 * and one base serves them all. Undefined when there is no time for all of them.
 */
async function wallRounds(heads: readonly string[], n: number): Promise<Round[] | undefined> {
  const rounds: Round[] = [];
  for (let round = 0; round < wallPairs; round++) {
    const order = ['', ...heads];
    const booted = new Map<string, StoredBoot>();
    for (const head of round % 2 === 0 ? order : order.toReversed()) {
      const boot = await bootInTime(`wall ${n} ${round} ${head}`.trim(), head === '' ? 'base' : head, [
        'wall',
      ]);
      if (!boot) return undefined;
      booted.set(head, boot);
    }
    rounds.push({ base: booted.get('')!, heads: booted });
  }
  return rounds;
}

/** In the order of a bench: base, head, head, base. */
function benchOf(rounds: readonly Round[], head: string): StoredBoot[] {
  return rounds.flatMap(({ base, heads }, n) => {
    const pair = [base, heads.get(head)!];
    return n % 2 === 0 ? pair : pair.toReversed();
  });
}

async function bootInTime(key: string, kernel: string, kinds: Measurement['kind'][]) {
  if (!store.get(key)) {
    if (Date.now() > until) return undefined;
    process.stderr.write(`${new Date().toISOString()} ${key}\n`);
  }
  return store.boot({ key, kernel, kinds }, signal);
}

/** Worse when any metric of that kind is, as a reader would have it; else better, else the last word on them. */
function verdictOn(stored: readonly StoredBoot[], kind: Measurement['kind']): Verdict {
  const costs = exactMetrics(stored.map((boot) => boot.costs));
  const boots = stored.map((boot, n): Boot => {
    const measurements = [...costs[n]!, ...boot.measurements].filter((m) => m.kind === kind);
    return { side: sideOf(n), measurements };
  });
  const verdicts = compareBoots(boots, rules).map(({ verdict }) => verdict);
  const order: Verdict[] = ['worse', 'better', 'unclear', 'same'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'unclear';
}

function tableText(): string {
  const count = (of: Map<string, Verdict[]>, kernel: string, wanted: Verdict[]) => {
    const all = of.get(kernel) ?? [];
    return all.length === 0
      ? 'not measured'
      : `${all.filter((v) => wanted.includes(v)).length} of ${all.length}`;
  };
  const rows = patches.toReversed().map((patch) => {
    const added = `${patch.split('-').at(-1)} % (${patch}.patch)`;
    return [added, count(exact, patch, ['worse']), count(wall, patch, ['worse'])];
  });
  const same = [
    'A/A: called better or worse',
    ...[exact, wall].map((of) => count(of, 'base', ['worse', 'better'])),
  ];
  const loads = store.boots.map(({ load }) => load);
  const times = store.boots.map(({ startedAt }) => startedAt).sort();
  const ids = [...new Map(store.boots.map(({ kernel, kernelId }) => [kernel, kernelId]))];
  const between = times.length === 0 ? '' : `${times[0]!.slice(0, 16)} and ${times.at(-1)!.slice(0, 16)} UTC`;
  return [
    '# How small a difference `p2plab bench` finds',
    'Written by `npm run bench:power`. Kernels that do more in `pci_p2pdma_map_segment`, by patches of `kernels/power/`, against the kernel without: 4 KiB writes out of ivshmem p2pmem (`harness/bench/power.yaml`).',
    markdownTable(
      ['added to the instructions of an I/O', 'called worse by exact cost', 'called worse by the clock'],
      [...rows, same],
    ),
    `Exact cost: one boot of each side. Clock: ${wallPairs} pairs of boots, the kernels of a row in turn and every other time backwards, one base for all of them, and all of throughput and latencies together at 95 %. The smallest difference that was asked for is 1 %.`,
    [
      `- ${store.boots.length} boots between ${between}, load average of the host ${loads.length > 0 ? `${Math.min(...loads)} to ${Math.max(...loads)}` : 'unknown'}`,
      ...ids.map(([kernel, id]) => `- kernel ${kernel}: ${id}`),
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
