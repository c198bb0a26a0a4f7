import { median } from 'simple-statistics';
import type { Measurement } from '../cost/measurement.js';
import { controlPairsOf, pairsOf } from './boot.js';
import { roundedPercent, roundedRatio, roundedValue, type Comparison } from './comparison.js';
import { exactRange, spreadWithin } from './exact-range.js';
import { fewestPairs, pairedInterval, type Ratio } from './paired-interval.js';
import { decide, type Noise } from './verdict.js';

export type Rules = {
  /** The smallest difference that is asked for: 0.01 is 1 %. */
  resolution: number;
  /** Of the interval of each metric that does not repeat. */
  alpha: number;
  seed: number;
};

/** What is to be compared: a value of each boot, in their order; what they are. */
export type MetricRuns = Omit<Measurement, 'value'> & { values: readonly number[] };

/**
 * What boots of one side may differ by and still be said to repeat, and what is no difference then. Boots of one kernel
 * were up to 0.3 % apart in a step's sum; `npm run bench:repeat` tells how far they are.
 */
export const repeatingSpread = 0.005;

/** Whether each side has the same value boot after boot. A clock never has, and if it did it was by chance. */
export function repeats({ kind, values }: Pick<MetricRuns, 'kind' | 'values'>): boolean {
  return kind !== 'wall' && (spreadOf(values) ?? 0) <= repeatingSpread;
}

/**
 * One metric of boots in the order of `sideOf`. What repeats needs two boots of each side, and one will do when the cost
 * is exact; what does not needs as many pairs as its interval does.
 */
export function compareMetric({ values, ...metric }: MetricRuns, rules: Rules): Comparison {
  const pairs = pairsOf(values);
  const base = pairs.map((pair) => pair.base);
  const head = pairs.map((pair) => pair.head);
  const repeating = repeats({ kind: metric.kind, values });
  const { ratio, noise } = repeating ? byRange(base, head) : byPairs(values, rules);
  const medians = { base: roundedValue(median(base)), head: roundedValue(median(head)) };
  const enough = !repeating ? fewestPairs(rules.alpha) : metric.kind === 'exact' ? 1 : 2;
  const decision = decide({
    ...{ better: metric.better, resolution: rules.resolution },
    ...{ pairs: pairs.length, enough, ratio, noise, ...medians },
  });
  return {
    ...{ metric: metric.metric, step: metric.step, unit: metric.unit },
    ...{ kind: metric.kind, better: metric.better, n: pairs.length, ...medians },
    ...(ratio && { change: mapped(ratio, roundedPercent), ratio: mapped(ratio, roundedRatio) }),
    ...(noise && { noise: roundedPercent(1 + noise.floor) }),
    ...decision,
  };
}

type Compared = { ratio?: Ratio; noise?: Noise };

function byPairs(values: readonly number[], { alpha, seed }: Rules): Compared {
  const pairs = pairsOf(values);
  if (pairs.length < fewestPairs(alpha) || values.some((value) => !(value > 0))) return {};
  const control = pairedInterval(controlPairsOf(values), { alpha, seed: seed + 1 });
  return {
    ratio: pairedInterval(pairs, { alpha, seed }),
    noise: control && {
      floor: Math.max(control.high - 1, 1 - control.low),
      differs: control.low > 1 || control.high < 1,
    },
  };
}

function byRange(base: readonly number[], head: readonly number[]): Compared {
  const spread = spreadWithin([base, head]) ?? 0;
  return {
    ratio: exactRange(base, head),
    noise: { floor: Math.max(repeatingSpread, 2 * spread), differs: false },
  };
}

function spreadOf(values: readonly number[]): number | undefined {
  const pairs = pairsOf(values);
  return spreadWithin([pairs.map(({ base }) => base), pairs.map(({ head }) => head)]);
}

const mapped = ({ estimate, low, high }: Ratio, round: (ratio: number) => number): Ratio => ({
  estimate: round(estimate),
  low: round(low),
  high: round(high),
});
