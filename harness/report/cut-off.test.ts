import PostalMime from 'postal-mime';
import t, { type Test } from 'tap';
import { readKtap } from '../workload/read-ktap.js';
import { formatNames } from './format-names.js';
import { loadRun } from './load-run.js';
import { loaded, render, started } from './recorded.test.support.js';
import { failed, header, result } from './sample.test.support.js';

// What of a run that was killed after two of its three variants is told.

const at = '2026-11-01T12:00:01.000Z';
const events = [
  { at, type: 'started', dir: '/r', count: 3, run: header },
  { at, type: 'phase', title: 'copy [provider=shm0]', phase: 'boot' },
  { at, type: 'finished', title: 'copy [provider=shm0]', result: result() },
  { at, type: 'finished', title: 'copy [provider=nvme0]', result: failed },
];
const killed = async (t: Test) =>
  loadRun(
    t.testdir({ 'events.jsonl': events.map((event) => JSON.stringify(event)).join('\n') + '\n{"at":' }),
  );

t.test('every format can be made of it', async (t) => {
  const run = await killed(t);
  for (const name of formatNames) t.ok((await render(name, run)).length > 100, name);
});

t.test('TAP bails out behind what finished, and says how many there should have been', async (t) => {
  const text = await render('tap', await killed(t));
  t.match(text, /^TAP version 14\n1\.\.3\nok 1 - copy \[provider=shm0\]\nnot ok 2 - /);
  t.match(text, /\nBail out! running\n$/);
});

t.test('KTAP lacks results that it announced', async (t) => {
  const text = await render('ktap', await killed(t));
  t.match(text, 'KTAP version 1\n1..3\n');
  t.equal(readKtap(text).length, 2);
});

t.test('people are told that there may be more', async (t) => {
  const run = await killed(t);
  const { text, subject } = await PostalMime.parse(await render('mail', run));
  t.match(text, '1 fail, 1 pass (the run goes\non, or was killed).\n');
  t.match(subject, '1 fail, 1 pass (the run goes on, or was killed)');
  t.match(await render('markdown', run), '## p2plab: 1 fail, 1 pass (the run goes on, or was killed)');
});

t.test('b4 gets no pass for a run that was cut off, nor for one that only skipped or broke', async (t) => {
  const status = async (...args: Parameters<typeof loaded>) =>
    JSON.parse(await render('b4', loaded(...args)))[0].status;
  t.equal(await status([result()]), 'pass');
  t.equal(await status([result()], { state: 'interrupted' }), 'warn');
  t.equal(await status([result({ outcome: 'skip' })]), 'warn');
  t.equal(await status([result(), result({ outcome: 'broken' })]), 'warn');
  t.equal(await status([result(), failed], { state: 'running' }), 'fail');
});

t.test('KCIDB knows when a test began from the events', async (t) => {
  const { tests } = JSON.parse(await render('kcidb', await killed(t)));
  t.same(
    tests.map(({ start_time, status }: Record<string, string>) => [status, start_time]),
    [
      ['PASS', at],
      ['FAIL', undefined],
    ],
  );
});

t.test('a run of which nothing finished is told as that', async (t) => {
  const run = { ...loaded([], { state: 'running' }), events: [started(4)] };
  t.match(await render('markdown', run), '## p2plab: nothing ran (the run goes on, or was killed)');
  t.equal(await render('tap', run), 'TAP version 14\n1..4\nBail out! running\n');
});
