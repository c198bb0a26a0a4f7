import t from 'tap';
import { result } from '../sample.test.support.js';
import { readLogTails } from './read-log-tails.js';

const failed = (artifacts: string[], outcome: 'fail' | 'pass' = 'fail') =>
  result({ scenario: 'copy', variant: {}, outcome, artifacts });
const file = 'results/copy/host/console.log';
const folder = (log: string) => ({ 'secret.txt': 'no', results: { copy: { host: { 'console.log': log } } } });

t.test('of a long log the end is there, from the start of a line, and how much is not', async (t) => {
  const log = Array.from({ length: 5000 }, (_, i) => `line ${i}`).join('\n');
  const [tail] = await readLogTails({ dir: t.testdir(folder(log)) }, failed([file]));
  t.equal(tail!.lines.at(-1), 'line 4999');
  t.match(tail!.lines[0], /^line \d+$/);
  const kept = tail!.lines.join('\n').length;
  t.ok(kept <= 12 * 1024);
  t.equal(tail!.leftOutBytes, log.length - kept);
});

t.test('what a terminal would obey is shown as its number', async (t) => {
  const [tail] = await readLogTails({ dir: t.testdir(folder('a\x1b[2Jb\r\n\u202ec')) }, failed([file]));
  t.same(tail, { file, lines: ['a\\x1b[2Jb', '\\u202ec'], leftOutBytes: 0 });
});

t.test('a result that passed has none, and a log that is gone is left out', async (t) => {
  const dir = t.testdir(folder('text'));
  t.same(await readLogTails({ dir }, failed([file], 'pass')), []);
  t.same(await readLogTails({ dir }, failed(['results/copy/gone/console.log'])), []);
});

t.test("no file outside of the result's folder is read", async (t) => {
  const dir = t.testdir({ 'console.log': 'secret', results: { copy: {} } });
  t.same(await readLogTails({ dir }, failed(['results/copy/../../console.log', 'console.log'])), []);
});
