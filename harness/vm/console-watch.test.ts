import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { ConsoleWatch } from './console-watch.js';

/** A watch of a file with that text; nothing is read until catchUp or start. */
function watching(t: Test, text: string) {
  const watch = new ConsoleWatch(path.join(t.testdir(), 'console.log'));
  writeFileSync(watch.file, text);
  const lines: string[] = [];
  watch.onLine((line) => lines.push(line));
  return { watch, lines };
}

t.test('a line that comes in pieces is one line', async (t) => {
  const { watch, lines } = watching(t, 'p2plab: re');
  await watch.catchUp();
  t.same(lines, []);
  appendFileSync(watch.file, 'ady 00\r\nnext');
  await watch.catchUp();
  t.same(lines, ['p2plab: ready 00']);
});

t.test('a line that lies across two chunks is one line', async (t) => {
  const long = 'x'.repeat(64 * 1024 - 3);
  const { watch, lines } = watching(t, `${long}\nacross\n`);
  await watch.catchUp();
  t.same(lines.slice(1), ['across']);
});

t.test('catchUp has seen everything, also while another is reading', async (t) => {
  const { watch, lines } = watching(t, 'a line\n'.repeat(100_000));
  await Promise.race([watch.catchUp(), watch.catchUp()]);
  t.equal(lines.length, 100_000);
});

t.test('a line without end is cut to its last 16 KiB', async (t) => {
  const { watch, lines } = watching(t, 'x'.repeat(2 ** 20));
  await watch.catchUp();
  appendFileSync(watch.file, 'end\n');
  await watch.catchUp();
  t.equal(lines[0]?.length, 16 * 1024 + 3);
  t.ok(lines[0]?.endsWith('xend'));
});

t.test('an absent file has no lines yet', async (t) => {
  const watch = new ConsoleWatch(path.join(t.testdir(), 'console.log'));
  await watch.catchUp();
  const line = watch.waitFor(/^ready (\d+)$/);
  writeFileSync(watch.file, 'not ready 1\nready 2\nready 3\n');
  await watch.catchUp();
  t.equal((await line)[1], '2');
});

t.test('a started watch follows the file until it is disposed of', async (t) => {
  const { watch, lines } = watching(t, '');
  watch.start();
  const line = watch.waitFor(/second/);
  appendFileSync(watch.file, 'first\nsecond\n');
  await line;
  await watch[Symbol.asyncDispose]();
  appendFileSync(watch.file, 'third\n');
  t.same(lines, ['first', 'second']);
});

t.test('a listener that was taken off hears no more', async (t) => {
  const { watch, lines } = watching(t, 'one\n');
  const others: string[] = [];
  const off = watch.onLine((line) => others.push(line));
  await watch.catchUp();
  off();
  appendFileSync(watch.file, 'two\n');
  await watch.catchUp();
  t.same([lines, others], [['one', 'two'], ['one']]);
});

t.test('a log that is over its limit is read up to there, and is a flood', async (t) => {
  const file = path.join(t.testdir(), 'console.log');
  writeFileSync(file, 'a line\n'.repeat(100_000));
  const watch = new ConsoleWatch(file, 64 * 1024);
  let lines = 0;
  watch.onLine(() => lines++);
  await watch.catchUp();
  await watch.flooded;
  t.equal(lines, Math.floor((64 * 1024) / 7));
});

t.test('a watch that follows another file has read the first to its end', async (t) => {
  const { watch, lines } = watching(t, 'first\nhalf a');
  const other = path.join(path.dirname(watch.file), 'other.log');
  writeFileSync(other, 'second\n');
  await watch.follow(other);
  await watch.catchUp();
  t.strictSame(lines, ['first', 'second']);
  t.equal(watch.file, other);
});
