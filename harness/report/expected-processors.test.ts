import t from 'tap';
import { bareScenario } from '../scenario/bare.test.support.js';
import { expectedProcessors } from './expected-processors.js';
import type { HistoryEntry } from './history.js';

const run = (wallMs: number, processorSeconds?: number, over: Partial<HistoryEntry> = {}): HistoryEntry => ({
  ...{ at: '2026-11-27T00:00:00.000Z', title: 'a', kernel: 'k', outcome: 'pass', wallMs, processorSeconds },
  ...over,
});
const processors = (...history: HistoryEntry[]) =>
  expectedProcessors(bareScenario({ name: 'a' }), history, 'k');

t.test('processor time by time', async (t) => t.equal(processors(run(10_000, 6)), 0.6));

t.test('runs that others held up do not look as if they needed less', async (t) =>
  t.equal(processors(run(20_000, 6.2), run(10_000, 6), run(30_000, 6.1)), 0.61),
);

t.test('what is of another kernel or variant, or without processor time, says nothing', async (t) => {
  const others = [run(10_000, 9, { kernel: 'debug' }), run(10_000, 9, { title: 'a [b=1]' }), run(1000)];
  t.equal(processors(...others), undefined);
  t.equal(processors(...others, run(10_000, 6)), 0.6);
});

t.test('of the last ten runs', async (t) => {
  const history = [run(1000, 5), ...Array.from({ length: 10 }, () => run(10_000, 6))];
  t.equal(processors(...history), 0.6);
});
