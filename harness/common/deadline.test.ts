import { getEventListeners } from 'node:events';
import t from 'tap';
import { sleep, untilAborted, withDeadline, type Deadline } from './deadline.js';
import { Interrupted } from './errors.js';

const never = () => new Promise<never>(() => {});
const aborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) =>
    signal.addEventListener('abort', () => resolve('aborted'), { once: true }),
  );
const long: Deadline = { phase: 'boot of host', ms: 60_000, blame: 'kernel' };
const short: Deadline = { ...long, ms: 10, evidence: '/runs/1/console.log' };

t.test('work that ends in time', async (t) => {
  t.equal(await withDeadline(long, new AbortController().signal, async () => 7), 7);
});

t.test('work that fails in time fails with its own error', async (t) => {
  const error = new Error('refused');
  await t.rejects(
    withDeadline(long, new AbortController().signal, () => Promise.reject(error)),
    error,
  );
});

t.test('time that runs out has a blame, a phase and evidence', async (t) => {
  await t.rejects(withDeadline(short, new AbortController().signal, never), {
    name: 'HarnessError',
    blame: 'kernel',
    message: 'boot of host took over 10 ms',
    evidence: '/runs/1/console.log',
    remedy: 'look at the evidence for what it was doing; raise the limit if it was merely slow',
  });
});

t.test('work hears that time has run out', async (t) => {
  let heard: Promise<string> | undefined;
  const work = (signal: AbortSignal) => (heard = aborted(signal)).then(never);
  await t.rejects(withDeadline(short, new AbortController().signal, work));
  t.equal(await heard, 'aborted');
});

t.test('what work leaves running hears that it has ended', async (t) => {
  let heard: Promise<string> | undefined;
  await withDeadline(long, new AbortController().signal, async (signal) => {
    heard = aborted(signal);
  });
  t.equal(await heard, 'aborted');
});

t.test('a run that is stopped is nobody’s fault', async (t) => {
  const run = new AbortController();
  const working = withDeadline(long, run.signal, never);
  run.abort();
  await t.rejects(working, new Interrupted());
});

t.test('a run that was stopped before starts no work', async (t) => {
  let started = false;
  const work = async () => void (started = true);
  await t.rejects(withDeadline(long, AbortSignal.abort(), work), new Interrupted());
  t.equal(started, false);
});

t.test('work that throws because the run was stopped is interrupted, too', async (t) => {
  const run = new AbortController();
  const work = async () => {
    run.abort();
    throw new Error('killed');
  };
  await t.rejects(withDeadline(long, run.signal, work), new Interrupted());
});

t.test('no listener stays on a signal', async (t) => {
  const { signal } = new AbortController();
  await untilAborted(Promise.resolve(), signal);
  await untilAborted(Promise.reject(new Error('no')), signal).catch(() => {});
  await sleep(1, signal);
  t.same(getEventListeners(signal, 'abort'), []);
});

t.test('sleep ends when the signal fires, and leaves nothing', async (t) => {
  const stop = new AbortController();
  const sleeping = sleep(60_000, stop.signal);
  stop.abort();
  await t.rejects(sleeping, new Interrupted());
  t.same(getEventListeners(stop.signal, 'abort'), []);
});

t.test('the end of work that lost is no unhandled rejection', async (t) => {
  const stop = new AbortController();
  let fail: (error: Error) => void = () => {};
  const work = new Promise<never>((_, reject) => (fail = reject));
  const waiting = untilAborted(work, stop.signal);
  stop.abort();
  await t.rejects(waiting, new Interrupted());
  fail(new Error('too late'));
  await new Promise((next) => setImmediate(next));
});
