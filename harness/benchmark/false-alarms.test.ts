import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import t from 'tap';
import type { Measurement } from '../cost/measurement.js';
import { sideOf, type Boot } from './boot.js';
import { compareBoots } from './compare-boots.js';

const metrics = ['throughput', 'latency p50', 'latency p99'];
const metric = { step: 'write', unit: '', kind: 'wall', better: 'more' } as const;

/**
 * Boots on a host that gets slower by 1 % with each boot, that wavers by 5 %, and that stalls in one of eight boots; what
 * moves one metric of a boot moves the others, too.
 */
function boots(count: number, headIs: number, seed: number): Boot[] {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: count }, (_, n) => {
    const side = sideOf(n);
    const host = 0.99 ** n * Math.exp(0.05 * gauss()) * (uniform() < 1 / 8 ? 0.6 : 1);
    const measurements = metrics.map((name): Measurement => {
      const value = 1000 * host * Math.exp(0.02 * gauss()) * (side === 'head' ? headIs : 1);
      return { ...metric, metric: name, value };
    });
    return { side, measurements };
  });
}

const benches = 200;

function calledDifferent(pairs: number, headIs: number): number {
  const called = Array.from({ length: benches }, (_, seed) => {
    const comparisons = compareBoots(boots(2 * pairs, headIs, seed + 1), { resolution: 0.01, seed: 1 });
    return comparisons.some(({ verdict }) => verdict === 'worse' || verdict === 'better');
  });
  return called.filter(Boolean).length / benches;
}

for (const pairs of [8, 12])
  t.test(`of A/A benches with ${pairs} pairs at most 5 % are called different by any metric`, (t) => {
    const part = calledDifferent(pairs, 1);
    t.ok(part <= 0.05, `${part * 100} %`);
    t.end();
  });

t.test('and of benches in which head is a third slower most are', (t) => {
  const part = calledDifferent(12, 0.67);
  t.ok(part > 0.8, `${part * 100} %`);
  t.end();
});
