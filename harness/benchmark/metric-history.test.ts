import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { newBench, fakeLab } from './bench.test.support.js';
import { historyChart } from './history-chart.js';
import { historyText, lastText } from './metric-history-text.js';
import { appendMetrics, entriesOf, readMetrics, type MetricEntry } from './metric-history.js';
import { runBench } from './run-bench.js';

const entry = (over: Partial<MetricEntry> = {}): MetricEntry => ({
  ...{ at: '2026-11-26T08:00:00.000Z', bench: 'b0', title: 's', metric: 'write instructions/IO', unit: '' },
  ...{ kind: 'exact', better: 'less', kernel: 'old (6.12.1)', kernelId: 'id-old', value: 1000, n: 2 },
  ...over,
});

t.test('a bench is remembered by side and metric, an A/A run once', async (t) => {
  const signal = new AbortController().signal;
  const lab = fakeLab((side) => ({ cost: side === 'base' ? 1000 : 1020 }));
  const document = await runBench(t.testdir(), newBench(), lab, { onBoot() {} }, signal);
  const short = (entries: MetricEntry[]) => entries.map(({ kernel, value, n }) => [kernel, value, n]);
  t.same(short(entriesOf(document)), [
    ['old (6.12.1)', 1000, 2],
    ['new (6.12.1)', 1020, 2],
  ]);
  t.same(short(entriesOf({ ...document, same: true })), [['new (6.12.1)', 1020, 2]]);
});

t.test('what was appended is read; a line that is cut off is not', async (t) => {
  const dir = path.join(t.testdir(), 'state');
  await appendMetrics([entry()], dir);
  appendFileSync(path.join(dir, 'metrics.jsonl'), '{"at": "2026-\n');
  await appendMetrics([entry({ value: 1001, bench: 'b1' })], dir);
  t.same(
    (await readMetrics(dir)).map(({ value }) => value),
    [1000, 1001],
  );
  t.same(await readMetrics(t.testdir()), []);
});

t.test('of a bench that went on only the last word counts', async (t) => {
  const dir = t.testdir();
  await appendMetrics([entry(), entry({ bench: 'b1', value: 7 }), entry({ value: 1002 })], dir);
  t.same(
    (await readMetrics(dir)).map(({ value }) => value),
    [7, 1002],
  );
});

t.test('of a file that is too large the older half goes', async (t) => {
  const dir = t.testdir();
  const line = JSON.stringify(entry({ title: 'x'.repeat(2 ** 20) }));
  writeFileSync(path.join(dir, 'metrics.jsonl'), `${Array(9).fill(line).join('\n')}\n`);
  await appendMetrics([entry()], dir);
  t.ok(statSync(path.join(dir, 'metrics.jsonl')).size < 6 * 2 ** 20);
  t.equal((await readMetrics(dir)).at(-1)!.title, 's');
});

t.test('last ... now: the latest of the same scenario and metric, and nothing of a clock', (t) => {
  const now = entry({ bench: 'b2', at: '2026-11-27T08:00:00.000Z', kernel: 'new (6.12.2)', value: 1020 });
  const clock = { metric: 'write throughput', kind: 'wall' as const };
  const earlier = [
    entry({ value: 900 }),
    entry({ bench: 'b1' }),
    entry({ title: 'other', value: 1 }),
    entry(clock),
  ];
  t.equal(
    lastText(earlier, [now, entry({ bench: 'b2', ...clock })]),
    'Last ... now:\n* write instructions/IO: 1000 (2026-11-26, old (6.12.1)) ... 1020 (new\n  (6.12.2)), +2 %',
  );
  t.equal(lastText([], [now]), undefined);
  t.end();
});

t.test('a history as text: a bar for each bench, and a warning of a clock', (t) => {
  const entries = [entry(), entry({ at: '2026-11-27T08:00:00.000Z', value: 500 })];
  t.equal(
    historyText(entries),
    `s: write instructions/IO (less is better)
                  kernel        n  median
2026-11-26 08:00  old (6.12.1)  2  1000    ##############
2026-11-27 08:00  old (6.12.1)  2  500     #######`,
  );
  t.match(
    historyText([entry({ kind: 'wall', unit: 'B/s' })]),
    's: write instructions/IO, B/s (less is better)\nby a clock: another day on this host is not comparable\n',
  );
  t.end();
});

t.test('a history as a picture says its values in words, and no text of it is live', (t) => {
  const svg = historyChart([
    entry(),
    entry({ at: '2026-11-27T08:00:00.000Z', kernel: 'k<script>x</script>' }),
  ]);
  t.match(
    svg,
    /^<svg xmlns="[^"]+"[^>]* role="img" aria-label="s, write instructions\/IO: 2026-11-26T08:00 old/,
  );
  t.notMatch(svg, '<script');
  t.match(svg, '<style>svg{--ground');
  t.end();
});
