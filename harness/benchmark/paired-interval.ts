import jstat from 'jstat';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { mean, sampleStandardDeviation, sampleWithReplacement } from 'simple-statistics';

/** Of what the head's value is, to the base's: 1.02 is 2 % more. */
export type Ratio = { estimate: number; low: number; high: number };
export type Pair = { base: number; head: number };

const resamples = 1000;
/** As R. Wilcox has it (Introduction to Robust Estimation): of each end a fifth does not count. */
const trimmedShare = 0.2;

/**
 * The ratio of two sides from pairs of positive values, with an interval that holds it with a probability of 1 - alpha.
 * The estimate is the trimmed mean of the logarithms: a host that stalls in one boot does not move it. The interval is
 * Student's t with the standard error of a bootstrap over pairs (Hesterberg, What Teachers Should Know About the
 * Bootstrap, 2015, which also has the factor for few pairs): plain percentiles are too narrow for so few.
 * @param seed the same pairs and seed give the same interval
 * @returns undefined for fewer than three pairs, of which Student's t says nothing of use
 */
export function pairedInterval(
  pairs: readonly Pair[],
  { alpha, seed }: { alpha: number; seed: number },
): Ratio | undefined {
  const n = pairs.length;
  if (n < 3) return undefined;
  const logs = pairs.map(({ base, head }) => Math.log(head / base));
  const generator = xoroshiro128plus(seed);
  const random = () => uniformFloat64(generator);
  const means = Array.from({ length: resamples }, () => trimmedMean(sampleWithReplacement(logs, n, random)));
  const standardError = sampleStandardDeviation(means) * Math.sqrt(n / (n - 1));
  const reach = jstat.studentt.inv(1 - alpha / 2, n - 1) * standardError;
  const middle = trimmedMean(logs);
  return { estimate: Math.exp(middle), low: Math.exp(middle - reach), high: Math.exp(middle + reach) };
}

/**
 * How many pairs there must be at least: when nothing differs, all of fewer pairs point one way by chance more often
 * than alpha.
 */
export const fewestPairs = (alpha: number): number => Math.ceil(Math.log2(2 / alpha));

function trimmedMean(values: readonly number[]): number {
  const cut = Math.floor(values.length * trimmedShare);
  const sorted = [...values].sort((a, b) => a - b);
  return mean(sorted.slice(cut, sorted.length - cut));
}
