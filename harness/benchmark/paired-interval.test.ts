import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import t from 'tap';
import { fewestPairs, pairedInterval, type Pair } from './paired-interval.js';

/** Noise of a host: most boots within some percent, and one in seven far off. */
function hostNoise(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  return () => {
    const gauss = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.exp(0.03 * gauss * (uniform() < 1 / 7 ? 6 : 1));
  };
}

function samples(truth: number, pairs: number, seed: number): Pair[] {
  const noise = hostNoise(seed);
  return Array.from({ length: pairs }, () => ({ base: 100 * noise(), head: 100 * truth * noise() }));
}

const tries = 300;
const missed = (truth: number, pairs: number, alpha: number): number => {
  const misses = Array.from({ length: tries }, (_, n) => {
    const { low, high } = pairedInterval(samples(truth, pairs, n), { alpha, seed: 1 })!;
    return low > truth || high < truth ? 1 : 0;
  });
  return misses.reduce<number>((a, b) => a + b, 0) / tries;
};

for (const [pairs, alpha] of [
  [6, 0.05],
  [10, 0.05],
  [10, 0.01],
  [20, 0.05],
] as const)
  t.test(`the truth is outside in at most ${alpha * 100} % of tries with ${pairs} pairs`, (t) => {
    for (const truth of [1, 1.1]) t.ok(missed(truth, pairs, alpha) <= alpha + 0.01, `truth ${truth}`);
    t.end();
  });

t.test('it is no wider than it must be: a tenth more shows in half of the tries with 12 pairs', (t) => {
  const shown = Array.from({ length: tries }, (_, n) => samples(1.1, 12, n)).filter(
    (pairs) => pairedInterval(pairs, { alpha: 0.05, seed: 1 })!.low > 1,
  );
  t.ok(shown.length > tries / 2, `${shown.length} of ${tries}`);
  t.end();
});

t.test('the same pairs and seed give the same interval, another seed another one', (t) => {
  const pairs = samples(1, 8, 3);
  const interval = (seed: number) => pairedInterval(pairs, { alpha: 0.05, seed });
  t.same(interval(1), interval(1));
  t.not(interval(1)!.low, interval(2)!.low);
  t.end();
});

t.test('one boot in which the host stalled does not move the estimate', (t) => {
  const even = Array.from({ length: 9 }, () => ({ base: 100, head: 102 }));
  const { estimate } = pairedInterval([...even, { base: 100, head: 900 }], { alpha: 0.05, seed: 1 })!;
  t.equal(estimate.toFixed(6), '1.020000');
  t.end();
});

t.test('pairs that are all alike have an interval without width; two pairs have none', (t) => {
  const alike = Array.from({ length: 6 }, () => ({ base: 50, head: 100 }));
  const { low, high } = pairedInterval(alike, { alpha: 0.05, seed: 1 })!;
  t.same([low.toFixed(9), high.toFixed(9)], ['2.000000000', '2.000000000']);
  t.equal(pairedInterval(alike.slice(0, 2), { alpha: 0.05, seed: 1 }), undefined);
  t.end();
});

t.test('how many pairs there must be', (t) => {
  t.same([0.05, 0.01, 0.05 / 12].map(fewestPairs), [6, 8, 9]);
  t.end();
});
