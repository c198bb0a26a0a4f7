import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';

const module = new URL('mark-when-killed.js', import.meta.url).href;
const running = `${JSON.stringify({ endedAt: null, state: 'running', boots: [{ state: 'running' }] }, null, 2)}\n`;

/** A process of its own that watches bench.json in a folder, and then does that. */
const watching = (dir: string, then: string) =>
  execa(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { markWhenKilled as mark } from '${module}'; const watch = mark('.', 'bench.json'); ${then}`,
    ],
    { cwd: dir, reject: false },
  );
const killItself = "process.kill(process.pid, 'SIGKILL');";

async function changed(file: string): Promise<string> {
  for (let n = 0; n < 6000 && readFileSync(file, 'utf8') === running; n++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return readFileSync(file, 'utf8');
}

t.test('only what the document tells of itself is marked, when its process is killed', async (t) => {
  const dir = t.testdir({ 'bench.json': running });
  t.equal((await watching(dir, killItself)).signal, 'SIGKILL');
  const { state, endedAt, boots } = JSON.parse(await changed(path.join(dir, 'bench.json')));
  t.match({ state, boots }, { state: 'interrupted', boots: [{ state: 'running' }] });
  t.match(endedAt, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

t.test('also when it ends without a word', async (t) => {
  const dir = t.testdir({ 'bench.json': running });
  await watching(dir, 'process.exit(1)');
  t.match(await changed(path.join(dir, 'bench.json')), /^ {2}"state": "interrupted",$/m);
});

t.test('a process that has nothing to do ends, though it watches', async (t) => {
  t.equal((await watching(t.testdir({ 'bench.json': running }), '')).exitCode, 0);
});

t.test('after it is disposed of nothing is changed', async (t) => {
  const dir = t.testdir({ 'bench.json': running });
  t.equal((await watching(dir, 'await watch[Symbol.asyncDispose](); process.exit(0)')).exitCode, 0);
  t.equal(readFileSync(path.join(dir, 'bench.json'), 'utf8'), running);
  t.strictSame(readdirSync(dir), ['bench.json']);
});
