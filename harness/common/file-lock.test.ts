import { execa } from 'execa';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Interrupted } from './errors.js';
import { acquireLock } from './file-lock.js';

t.setTimeout(180_000); // on a loaded host every process takes its time

const { signal } = new AbortController();
const helper = fileURLToPath(new URL('lock-process.test.helper.js', import.meta.url));

/** Whether somebody holds it, by asking the kernel. */
async function isHeld(file: string): Promise<boolean> {
  return (await execa('flock', ['--nonblock', file, 'true'], { reject: false })).failed;
}

t.test('the second waits, says so, and gets the lock when the first gives it back', async (t) => {
  const file = path.join(t.testdir(), 'deep/in/x.lock');
  const order: string[] = [];
  const first = await acquireLock(file, signal);
  let waits: () => void = () => {};
  const waiting = new Promise<void>((resolve) => (waits = resolve));
  const second = acquireLock(file, signal, () => waits()).then((lock) => {
    order.push('second has it');
    return lock;
  });
  await waiting;
  order.push('first gives it back');
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
  t.same(order, ['first gives it back', 'second has it']);
  t.notOk(await isHeld(file));
});

t.test('a holder that is killed releases it', async (t) => {
  const file = path.join(t.testdir(), 'x.lock');
  const holder = execa(process.execPath, [helper, file], { reject: false });
  await new Promise((held) => holder.stdout.once('data', held));
  t.ok(await isHeld(file));
  const waiting = acquireLock(file, signal);
  holder.kill('SIGKILL');
  await (await waiting)[Symbol.asyncDispose]();
  await holder;
});

t.test('an abort ends the wait, and takes nothing', async (t) => {
  const file = path.join(t.testdir(), 'x.lock');
  const stop = new AbortController();
  const first = await acquireLock(file, signal);
  const second = acquireLock(file, stop.signal, () => stop.abort());
  await t.rejects(second, new Interrupted());
  t.ok(await isHeld(file));
  await first[Symbol.asyncDispose]();
  t.notOk(await isHeld(file));
});

t.test('an abort does not release a lock: the work it guards may still go on', async (t) => {
  const file = path.join(t.testdir(), 'x.lock');
  const stop = new AbortController();
  const lock = await acquireLock(file, stop.signal);
  stop.abort();
  t.ok(await isHeld(file));
  await lock[Symbol.asyncDispose]();
  t.notOk(await isHeld(file));
});

t.test('flock that cannot run is the host’s trouble', async (t) => {
  const file = path.join(t.testdir(), 'x.lock');
  const { PATH } = process.env;
  t.teardown(() => (process.env.PATH = PATH));
  process.env.PATH = t.testdirName;
  await t.rejects(acquireLock(file, signal), {
    blame: 'host',
    message: `could not lock ${file}: spawn flock ENOENT`,
    remedy: 'check that flock (util-linux) is installed and that the cache directory is writable',
  });
});
