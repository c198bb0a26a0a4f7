import t from 'tap';
import { result } from '../sample.test.support.js';
import { ratesOf } from './rates.js';
import type { ResultView } from './read-result-views.js';
import { throughputChart } from './throughput-chart.js';

const rate = (value: number) =>
  result({ metrics: [{ name: 'write.throughput', value, unit: 'MB/s', better: 'higher' }] });
const view = (id: string, value: number, before?: number) =>
  ({
    id,
    title: 'copy',
    result: rate(value),
    before: before === undefined ? undefined : rate(before),
  }) as ResultView;

t.test('results of one title are samples of one thing, with their median', async (t) => {
  const rates = ratesOf([view('r1', 9), view('r2', 5), view('r3', 7)]);
  t.same(rates.get('r2'), [{ name: 'write', median: 7, samples: [9, 5, 7], base: undefined }]);
});

t.test('the median of two is one that was measured', async (t) => {
  t.equal(ratesOf([view('r1', 9), view('r2', 5)]).get('r1')![0]!.median, 5);
});

t.test('a chart says its interval, the number of samples, and base to who cannot see it', async (t) => {
  const svg = throughputChart(ratesOf([view('r1', 9, 4), view('r2', 5, 4)]).get('r1')!);
  t.match(svg, 'aria-label="Throughput in MB/s: write 5 (5 to 9, n=2), base 4"');
});

t.test('without throughput there is no chart', async (t) => {
  t.equal(throughputChart([]), undefined);
});
