import t from 'tap';
import type { Measurement } from '../cost/measurement.js';
import { controlPairsOf, pairsOf, sideOf, type Boot } from './boot.js';
import { compareBoots, notInAll } from './compare-boots.js';

const exact: Omit<Measurement, 'value'> = {
  metric: 'instructions/IO',
  step: 'write',
  unit: 'instructions',
  kind: 'exact',
  better: 'less',
};
const throughput: Omit<Measurement, 'value'> = {
  metric: 'throughput',
  step: 'write',
  unit: 'B/s',
  kind: 'wall',
  better: 'more',
};

/** Boots in ABBA order, each with one metric. */
const bootsOf = (metric: Omit<Measurement, 'value'>, values: readonly number[]): Boot[] =>
  values.map((value, n) => ({ side: sideOf(n), measurements: [{ ...metric, value }] }));
const wordsOf = (boots: Boot[], resolution = 0.01) =>
  compareBoots(boots, { resolution, seed: 1 }).map(({ words }) => words);

/** So many boots that waver by 1 % and of which those of head are `ratio` of base. */
const wavering = (boots: number, ratio: number) =>
  Array.from({ length: boots }, (_, n) => {
    const waver = 1 + Math.sin(n * 7.3) / 100;
    return 1000 * waver * (sideOf(n) === 'head' ? ratio : 1);
  });

t.test('the order is base, head, head, base', (t) => {
  const order = Array.from({ length: 8 }, (_, n) => sideOf(n));
  t.same(order, ['base', 'head', 'head', 'base', 'base', 'head', 'head', 'base']);
  t.end();
});

t.test('a pair has one boot of each side, a control pair two of the same', (t) => {
  const boots = Array.from({ length: 8 }, (_, n) => `${sideOf(n)[0]}${n}`);
  const text = (pairs: { base: string; head: string }[]) => pairs.map(({ base, head }) => base + head);
  t.same(text(pairsOf(boots)), ['b0h1', 'b3h2', 'b4h5', 'b7h6']);
  t.same(text(controlPairsOf(boots)), ['h1h2', 'b4b3', 'h5h6']);
  t.end();
});

t.test('an exact cost needs one boot of each side', (t) => {
  t.same(wordsOf(bootsOf(exact, [2031, 2069])), ['worse, +1.87 %']);
  t.same(wordsOf(bootsOf(exact, [2069, 2031])), ['better, -1.84 %']);
  t.same(wordsOf(bootsOf(exact, [2031, 2031.2])), ['no difference beyond 1 %']);
  t.end();
});

t.test('its interval is what any two boots give', (t) => {
  const [found] = compareBoots(bootsOf(exact, [2031, 2069, 2069.4, 2031.2]), { resolution: 0.01, seed: 1 });
  t.match(found, {
    n: 2,
    base: 2031.1,
    head: 2069.2,
    change: { estimate: 1.88, low: 1.86, high: 1.89 },
    noise: 0.5,
    words: 'worse, +1.88 % (+1.86 % to +1.89 %)',
  });
  t.end();
});

t.test('what is called exact and does not repeat is treated like a clock', (t) => {
  t.same(wordsOf(bootsOf(exact, [2000, 2100, 2120, 2040])), ['cannot tell: 2 of at least 6 pairs of boots']);
  t.end();
});

t.test('a count of 0 that becomes more', (t) => {
  const reads: typeof exact = { ...exact, metric: 'config reads/IO', kind: 'count' };
  t.same(wordsOf(bootsOf(reads, [0, 2, 2, 0])), ['worse, from 0 to 2']);
  t.same(wordsOf(bootsOf(reads, [0, 0, 0, 0])), ['no difference: both are 0']);
  t.same(wordsOf(bootsOf(reads, [2, 2])), ['cannot tell: 1 of at least 2 pairs of boots']);
  t.end();
});

t.test('a clock says nothing before there are enough pairs', (t) => {
  t.same(wordsOf(bootsOf(throughput, wavering(10, 0.5))), ['cannot tell: 5 of at least 6 pairs of boots']);
  t.match(wordsOf(bootsOf(throughput, wavering(12, 0.5)))[0], /^worse, -\d+(\.\d+)? % \(/);
  t.match(wordsOf(bootsOf(throughput, wavering(12, 1.5)))[0], /^better, \+/);
  t.end();
});

t.test('a clock that wavers more than the resolution cannot tell that there is no difference', (t) => {
  t.match(
    wordsOf(bootsOf(throughput, wavering(12, 1)), 0.001)[0],
    /^cannot tell: -\S+ % to \+\S+ % are possible$/,
  );
  t.same(wordsOf(bootsOf(throughput, wavering(12, 1)), 0.05), ['no difference beyond 5 %']);
  t.end();
});

t.test('when boots of the same side differ as well nothing is said', (t) => {
  // the second of every control pair is a tenth more, and no pair of the two sides shows it
  const odd = Array.from({ length: 16 }, (_, n) => (n % 4 < 2 ? 100 : 110));
  t.same(wordsOf(bootsOf(throughput, odd)), ['cannot tell: boots of the same side differ, too']);
  t.end();
});

t.test('the more metrics do not repeat, the more pairs each of them needs', (t) => {
  const boots = wavering(12, 0.5).map((value, n): Boot => {
    const measurements = [1, 2, 3].map((step) => ({ ...throughput, step: `${step}`, value }));
    return { side: sideOf(n), measurements };
  });
  t.same(wordsOf(boots), Array(3).fill('cannot tell: 6 of at least 7 pairs of boots'));
  t.end();
});

t.test('an exact metric may be of the first boots only, and then of none of the others', (t) => {
  const boots = bootsOf(exact, [1000, 1020, 1020, 1000, 1, 1]);
  for (const boot of boots.slice(4)) boot.measurements = [];
  t.match(compareBoots(boots, { resolution: 0.01, seed: 1 }), [{ n: 2, words: 'worse, +2 %' }]);
  t.same(notInAll(boots), []);
  boots[5]!.measurements.push({ ...exact, value: 1000 });
  t.same([wordsOf(boots), notInAll(boots)], [[], ['write instructions/IO']]);
  t.end();
});

t.test('a metric that not every boot has is not compared, and named', (t) => {
  const boots = bootsOf(exact, [1, 1]);
  boots[1]!.measurements.push({ ...throughput, value: 1 });
  t.equal(wordsOf(boots).length, 1);
  t.same(notInAll(boots), ['write throughput']);
  t.end();
});
