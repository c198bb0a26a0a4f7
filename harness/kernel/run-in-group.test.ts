import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { Interrupted } from '../common/errors.js';
import { runInGroup } from './run-in-group.js';

const env = { PATH: process.env.PATH! };

t.test('both streams come as lines and go to the log; the code is the command’s', async (t) => {
  const cwd = t.testdir({ log: 'before\n' });
  const [log, lines] = [path.join(cwd, 'log'), [] as string[]];
  const signal = new AbortController().signal;
  const command = ['sh', '-c', 'echo out; echo err >&2; echo "$SECRET$1"; exit 3', 'sh', 'a b'];
  const { code } = await runInGroup(command, { cwd, env, log, signal, onLine: (line) => lines.push(line) });
  t.equal(code, 3);
  t.same(lines, ['out', 'err', 'a b']);
  t.equal(await readFile(log, 'utf8'), 'before\nout\nerr\na b\n');
});

t.test('of much that was said the last lines are kept', async (t) => {
  const cwd = t.testdir();
  const run = { cwd, env, log: path.join(cwd, 'log'), signal: new AbortController().signal };
  const { said } = await runInGroup(['seq', '1', '1000'], run);
  t.match(said, /^801\n(\d+\n){198}1000$/);
});

t.test('a command that cleans up on SIGTERM may do so', async (t) => {
  const cwd = t.testdir();
  const [log, stop] = [path.join(cwd, 'log'), new AbortController()];
  const script = 'trap "echo cleaned; exit 1" TERM; echo ready; while :; do sleep 0.05; done';
  const onLine = (line: string) => line === 'ready' && stop.abort();
  let killed = false;
  const run = { cwd, env, log, signal: stop.signal, onLine, onKill: () => (killed = true) };
  await t.rejects(runInGroup(['sh', '-c', script], run), new Interrupted());
  t.match(await readFile(log, 'utf8'), /^ready\n(.*\n)*cleaned\n$/);
  t.notOk(killed);
});

t.test('one that does not is killed, and said to be', async (t) => {
  const cwd = t.testdir();
  const [log, stop] = [path.join(cwd, 'log'), new AbortController()];
  const onLine = () => stop.abort();
  let killed = false;
  const run = { cwd, env, log, signal: stop.signal, onLine, onKill: () => (killed = true), graceMs: 200 };
  await t.rejects(runInGroup(['sh', '-c', 'trap "" TERM; echo ready; sleep 60'], run), new Interrupted());
  t.ok(killed);
});

t.test('nothing starts after the signal', async (t) => {
  const run = { cwd: '/', env, log: '/dev/null', signal: AbortSignal.abort() };
  await t.rejects(runInGroup(['false'], run), new Interrupted());
});
