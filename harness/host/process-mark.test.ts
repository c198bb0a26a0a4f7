import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { isRunning, markProcess, startTicksOf } from './process-mark.js';

t.test('a process runs until it has ended', async (t) => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const mark = markProcess(child.pid);
  t.equal(isRunning(mark), true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.equal(isRunning(mark), false);
  t.throws(() => markProcess(child.pid), new Error(`there is no process ${child.pid}`));
});

t.test('another process that has its number by now is not it', async (t) =>
  t.equal(isRunning({ ...markProcess(), startTicks: '1' }), false),
);

t.test('of a process in another place nothing is said', async (t) =>
  t.equal(isRunning({ ...markProcess(), place: 'another boot' }), undefined),
);

t.test('ticks are those of proc(5)', async (t) => t.match(startTicksOf(process.pid), /^\d+$/));
