import type { CountedRun } from '../evidence/counted-runs.js';
import { BlockFolding, moduleName, type FoldedFunction } from './fold-blocks.js';
import { areaOf, type Apart } from './kernel-areas.js';
import type { KernelCode } from './kernel-code.js';
import type { ApartCost, FunctionCost, StepCost } from './step-cost.js';

/** Below it a function is not told: one instruction in so many I/Os. */
const least = 0.05;

/** Whether pairs of runs are near enough to each other for their median to mean something. */
const repeats = ({ median, spread }: Slope): boolean =>
  median > 0 && spread <= Math.max(0.05 * median, Math.min(0.1, median / 4));

/**
 * A process that starts differs by little from the next one. Of a function that runs so many times more for that than for
 * all I/Os between a short and a long run, the little is as much as those.
 */
const mostlyStart = 5;
/** What is called less often per I/O belongs to some work that is due now and then, by the clock or by a counter. */
const leastCalls = 0.01;
/** Of as little a part of it as that nothing is seen. */
const partlyStart = 0.005;

/** Runs of one kernel to what an I/O of each step costs each machine. */
export function stepCosts(runs: readonly CountedRun[], code: KernelCode): StepCost[] {
  const folding = new BlockFolding(code);
  const groups = new Map<string, CountedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.step, run.work, run.machine]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const worksOf = (step: string) => new Set(runs.filter((run) => run.step === step).map(({ work }) => work));
  return [...groups.values()].map((group) => {
    const { step, work } = group[0]!;
    return costOf(group, worksOf(step).size > 1 ? `${step} ${work}` : step, folding);
  });
}

type Folded = Map<string, FoldedFunction>;
/** A short and a long run: they differ in `ios`, and in nothing else. */
type Pair = { ios: number; short: Folded; long: Folded };

function costOf(runs: readonly CountedRun[], step: string, folding: BlockFolding): StepCost {
  const pairs: Pair[] = [];
  for (let n = 0; n + 1 < runs.length; n += 2)
    pairs.push({
      ios: runs[n + 1]!.ios - runs[n]!.ios,
      short: folding.fold(runs[n]!.executed.blocks),
      long: folding.fold(runs[n + 1]!.executed.blocks),
    });
  const known: Folded = new Map(pairs.flatMap(({ short, long }) => [...short, ...long]));
  const nameOf = uniqueNames([...known.values()]);
  const functions: FunctionCost[] = [];
  const apart: ApartCost[] = [];
  for (const [key, one] of known) {
    const slope = slopeOf(pairs, key, ({ instructions }) => instructions);
    if (Math.abs(slope.median) < least) continue;
    const own = { name: nameOf(one), perIo: slope.median, spread: slope.spread };
    const { area, apart: rule } = one.name === moduleName ? moduleArea : areaOf(one);
    const started = startPart(slope, pairs[0]!.short.get(key)?.instructions ?? 0, runs);
    const why =
      rule ??
      (started > mostlyStart ? 'start' : undefined) ??
      (repeats(slope) ? undefined : 'wanders') ??
      (isSeldom(pairs, key) ? 'seldom' : undefined);
    if (why) apart.push({ ...own, why });
    else {
      const shared = Math.abs(started) > partlyStart && { shared: true as const };
      functions.push({ ...own, area, ...shared, ...detailsOf(pairs, key, one) });
    }
  }
  const { machine, ios, bytes } = runs[0]!;
  return {
    ...{ step, machine, ios: runs[1]!.ios - ios, bytes: runs[1]!.bytes - bytes },
    functions: functions.sort(dearestFirst),
    apart: apart.sort(dearestFirst),
    pathPerIo: functions.reduce((sum, { perIo }) => sum + perIo, 0),
    incomplete: runs.some(({ executed }) => executed.dropped > 0),
  };
}

const moduleArea: { area: string; apart: Apart } = { area: 'module', apart: 'module' };

/** What comes with a process, as a part of what comes with the I/Os that a pair of runs differs in. */
function startPart({ median }: Slope, short: number, [first, second]: readonly CountedRun[]): number {
  const atStart = short - median * first!.ios;
  return atStart / Math.abs(median * (second!.ios - first!.ios));
}

/** Of a function of which it is not known how often it is called, it is not said. */
function isSeldom(pairs: readonly Pair[], key: string): boolean {
  const known = pairs.some(({ long }) => (long.get(key)?.calls ?? 0) > 0);
  return known && slopeOf(pairs, key, ({ calls }) => calls).median < leastCalls;
}

/** Of which parts and inlined functions it is, where there are any. */
function detailsOf(pairs: readonly Pair[], key: string, one: FoldedFunction) {
  const each = (map: 'parts' | 'inlined') => {
    const names = new Set(pairs.flatMap(({ long }) => [...(long.get(key)?.[map].keys() ?? [])]));
    const slopes = [...names].map((name) => {
      const { median } = slopeOf(pairs, key, (of) => of[map].get(name) ?? 0);
      return [name, median] as const;
    });
    return Object.fromEntries(slopes.filter(([, perIo]) => perIo >= least));
  };
  const parts = each('parts');
  const inlined = each('inlined');
  return {
    ...(Object.keys(parts).some((name) => name !== one.name) && { parts }),
    ...(Object.keys(inlined).length > 0 && { inlined }),
  };
}

type Slope = { median: number; spread: number };

/** Of an even number of pairs the lower one of the middle. */
function slopeOf(pairs: readonly Pair[], key: string, of: (one: FoldedFunction) => number): Slope {
  const value = (functions: Folded) => {
    const one = functions.get(key);
    return one ? of(one) : 0;
  };
  const slopes = pairs.map(({ ios, short, long }) => (value(long) - value(short)) / ios);
  const sorted = slopes.sort((a, b) => a - b);
  return { median: sorted[(sorted.length - 1) >> 1]!, spread: sorted.at(-1)! - sorted[0]! };
}

/** Names alone, and with the file where there are several. */
function uniqueNames(functions: readonly FoldedFunction[]): (one: FoldedFunction) => string {
  const count = new Map<string, number>();
  for (const { name } of functions) count.set(name, (count.get(name) ?? 0) + 1);
  return ({ name, file }) => (count.get(name)! > 1 && file !== '' ? `${name} (${file})` : name);
}

const dearestFirst = (a: ApartCost | FunctionCost, b: ApartCost | FunctionCost): number =>
  b.perIo - a.perIo || (a.name < b.name ? -1 : 1);
