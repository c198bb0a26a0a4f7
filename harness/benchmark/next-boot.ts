import { sideOf, warmUp, type SideName } from './boot.js';
import type { BenchBoot } from './bench-document.js';
import type { Comparison } from './comparison.js';
import type { Measurement } from '../cost/measurement.js';

export type NextBoot = {
  side: SideName;
  warmUp: boolean;
  folder: string;
  /** Whether claims of peer-to-peer get their control run: once for each side. */
  controls: boolean;
  /** Whether the cost of its I/O is recorded, which takes longer than all else. */
  cost: boolean;
};
/** What is asked for: 0.01 is 1 %. */
export type Asked = { kinds: readonly Measurement['kind'][]; resolution: number };
export type BenchEnd = 'resolved' | 'budget';

/** Base, head, head, base. */
const roundBoots = 4;
/** An interval that is this part of the difference tells it well enough. */
const tellingPart = 1 / 4;

/** What comes after these boots, of which the comparisons are. */
export function nextBoot(
  boots: readonly Pick<BenchBoot, 'warmUp' | 'side' | 'costs'>[],
  comparisons: readonly Comparison[],
  asked: Asked,
): NextBoot {
  const number = String(boots.length).padStart(3, '0');
  const counted = boots.filter((boot) => !boot.warmUp);
  const warm = asked.kinds.includes('wall') && boots.length < warmUp.length;
  const side = warm ? warmUp[boots.length]! : sideOf(counted.length);
  const controls = !boots.some((boot) => boot.side === side);
  const cost = !warm && asked.kinds.includes('exact') && wantsCost(counted, comparisons, asked.resolution);
  return { side, warmUp: warm, controls, cost, folder: `runs/${number}-${warm ? 'warm-up-' : ''}${side}` };
}

/** In whole rounds, from the first until the exact metrics are resolved: a clock wants more boots than they do. */
function wantsCost(
  counted: readonly Pick<BenchBoot, 'costs'>[],
  comparisons: readonly Comparison[],
  resolution: number,
): boolean {
  if (counted.length < roundBoots) return true;
  const before = counted.at(-1)!.costs.length > 0;
  if (counted.length % roundBoots !== 0) return before;
  return before && comparisons.some((c) => c.kind === 'exact' && !isResolved(c, resolution));
}

/**
 * Whether there is to be no other boot. It is only asked after whole rounds, of which there is at least one: a stop in the
 * middle would be for the side whose turn it was.
 * @param resolution 0.01 is 1 %
 */
export function endOfBench(
  boots: readonly Pick<BenchBoot, 'warmUp' | 'seconds'>[],
  comparisons: readonly Comparison[],
  { resolution, budgetSeconds }: { resolution: number; budgetSeconds: number },
): BenchEnd | undefined {
  const counted = boots.filter(({ warmUp: warm }) => !warm);
  if (counted.length === 0 || counted.length % roundBoots !== 0) return undefined;
  if (comparisons.every((comparison) => isResolved(comparison, resolution))) return 'resolved';
  const used = boots.reduce((sum, { seconds }) => sum + seconds, 0);
  const round = counted.slice(-roundBoots).reduce((sum, { seconds }) => sum + seconds, 0);
  return used + round > budgetSeconds ? 'budget' : undefined;
}

/**
 * The interval is as narrow as was asked for, or narrow beside a difference that is there. The verdict alone would not do: to
 * look again and again and stop at the first difference finds one at last.
 */
function isResolved({ verdict, change }: Comparison, resolution: number): boolean {
  if (verdict === 'unclear') return false;
  if (verdict === 'same' || change === undefined) return true;
  const reach = (change.high - change.low) / 2;
  return reach <= Math.max(resolution * 100, Math.abs(change.estimate) * tellingPart);
}
