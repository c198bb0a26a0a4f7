import type { CountedRun } from '../evidence/counted-runs.js';
import { BlockFolding, moduleName, type FoldedFunction } from './fold-blocks.js';
import { areaOf } from './kernel-areas.js';
import type { KernelCode } from './kernel-code.js';
import type { ApartCost, FunctionCost, StepCost } from './step-cost.js';

/** Below it a function is not told: one instruction in so many I/Os. */
const least = 0.05;
/** What repeats: within so many instructions, or within that part of it. */
const repeats = { instructions: 0.1, part: 0.05 };

/** Runs of one kernel to what an I/O of each step costs each machine. */
export function stepCosts(runs: readonly CountedRun[], code: KernelCode): StepCost[] {
  const groups = new Map<string, CountedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.step, run.work, run.machine]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const works = new Map<string, Set<string>>();
  for (const { step, work } of runs) works.set(step, (works.get(step) ?? new Set()).add(work));
  const folding = new BlockFolding(code);
  return [...groups.values()].map((group) => {
    const { step, work } = group[0]!;
    return { ...costOf(group, folding), step: works.get(step)!.size > 1 ? `${step} ${work}` : step };
  });
}

type Pair = {
  ios: number;
  bytes: number;
  short: number;
  functions: Map<string, { more: number; short: number }>;
};

/** Short and long runs in turn; what a pair differs in is I/O, and nothing else. */
function costOf(runs: readonly CountedRun[], folding: BlockFolding): StepCost {
  const known = new Map<string, FoldedFunction>();
  const folded = runs.map((run) => {
    const functions = folding.fold(run.executed.blocks);
    for (const [key, one] of functions) known.set(key, known.get(key) ?? one);
    return { run, functions };
  });
  const pairs = Array.from(
    { length: Math.floor(runs.length / 2) },
    (_, n) => [folded[2 * n]!, folded[2 * n + 1]!] as const,
  );
  const [[first, second] = [folded[0]!, folded[0]!]] = pairs;
  const ios = second.run.ios - first.run.ios;
  const names = new Map<string, number>();
  for (const { name } of known.values()) names.set(name, (names.get(name) ?? 0) + 1);

  const functions: FunctionCost[] = [];
  const apart: ApartCost[] = [];
  for (const [key, { name: plain, file }] of known) {
    const perIo = (of: (one: FoldedFunction) => number) =>
      slope(pairs.map(([s, l]) => (valueOf(l.functions, key, of) - valueOf(s.functions, key, of)) / ios));
    const { median, spread } = perIo((one) => one.instructions);
    if (Math.abs(median) < least) continue;
    const name = names.get(plain) === 1 || file === '' ? plain : `${plain} (${file})`;
    const { area, apart: why } =
      plain === moduleName ? { area: 'module', apart: 'module' as const } : areaOf(file);
    const short = valueOf(first.functions, key, (one) => one.instructions);
    const own = { name, perIo: median, spread };
    if (why) apart.push({ ...own, why });
    else if (median < 0 || spread > Math.max(repeats.instructions, repeats.part * median))
      apart.push({ ...own, why: short > 2 * median * first.run.ios ? 'start' : 'wanders' });
    else {
      const inLong = pairs.at(-1)![1].functions.get(key);
      const each = (map: 'parts' | 'inlined') =>
        Object.fromEntries(
          [...(inLong?.[map].keys() ?? [])]
            .map((part) => [part, perIo((one) => one[map].get(part) ?? 0).median] as const)
            .filter(([, value]) => value >= least),
        );
      const parts = each('parts');
      const several = Object.keys(parts).length > 1;
      functions.push({ ...own, area, ...(several && { parts }), inlined: each('inlined') });
    }
  }
  const dearest = (a: { perIo: number; name: string }, b: { perIo: number; name: string }) =>
    b.perIo - a.perIo || (a.name < b.name ? -1 : 1);
  return {
    step: '',
    machine: first.run.machine,
    ios,
    bytes: second.run.bytes - first.run.bytes,
    functions: functions.sort(dearest),
    apart: apart.sort(dearest),
    pathPerIo: functions.reduce((sum, one) => sum + one.perIo, 0),
    incomplete: runs.some(({ executed }) => executed.dropped > 0),
  };
}

const valueOf = (
  functions: Map<string, FoldedFunction>,
  key: string,
  of: (one: FoldedFunction) => number,
): number => {
  const one = functions.get(key);
  return one ? of(one) : 0;
};

/** Of an even number the lower one of the middle. */
function slope(values: readonly number[]): { median: number; spread: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[(sorted.length - 1) >> 1]!, spread: sorted.at(-1)! - sorted[0]! };
}
