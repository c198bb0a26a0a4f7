import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { eventsFile, runJsonFile, tapFile } from './file-reporters.js';
import { fanOut, type Reporter, type RunEvent } from './reporter.js';
import { runDocumentSchema } from './run-document.js';
import { failed, header, result, skipped } from './sample.test.support.js';

const started = (dir: string): RunEvent => ({ type: 'started', dir, count: 2, run: header });
const finished: RunEvent[] = [
  { type: 'finished', title: 'copy [provider=shm0]', result: result() },
  { type: 'finished', title: 'copy [provider=nvme0]', result: failed },
];
const ended = (dir: string): RunEvent => {
  return { type: 'ended', dir, state: 'finished', results: [result(), failed] };
};
const readRun = (dir: string) =>
  runDocumentSchema.parse(JSON.parse(readFileSync(path.join(dir, 'run.json'), 'utf8')));

async function report(reporter: Reporter, events: RunEvent[]): Promise<void> {
  for (const event of events) await reporter.on(event);
}

t.test('run.json is whole and valid after every event', async (t) => {
  const dir = t.testdir();
  const reporter = runJsonFile(dir);
  const states: string[] = [];
  for (const event of [started(dir), ...finished, ended(dir)]) {
    await reporter.on(event);
    const { state, endedAt, results } = readRun(dir);
    states.push(`${state} ${endedAt === null ? 'open' : 'closed'} ${results.length}`);
  }
  t.same(states, ['running open 0', 'running open 1', 'running open 2', 'finished closed 2']);
  t.notOk(existsSync(path.join(dir, 'run.json.new')));
});

t.test('run.json of an interrupted run says so and keeps what had finished', async (t) => {
  const dir = t.testdir();
  const interrupted: RunEvent = { type: 'ended', dir, state: 'interrupted', results: [skipped] };
  await report(runJsonFile(dir), [started(dir), interrupted]);
  t.match(readRun(dir), { state: 'interrupted', results: [{ outcome: 'skip' }] });
});

t.test('a run that never started has no run.json', async (t) => {
  const dir = t.testdir();
  await report(runJsonFile(dir), [{ type: 'ended', dir, state: 'broken', results: [] }]);
  t.notOk(existsSync(path.join(dir, 'run.json')));
});

t.test('variants that end at the same time all come into the files', async (t) => {
  const dir = t.testdir();
  const complaints: string[] = [];
  const all = fanOut([runJsonFile(dir), tapFile(dir)], (line) => complaints.push(line));
  await all.on(started(dir));
  const results = Array.from({ length: 20 }, (_, n) => result({ scenario: `s${n}` }));
  await Promise.all(results.map((r) => all.on({ type: 'finished', title: r.scenario, result: r })));
  t.same(complaints, []);
  t.same(readRun(dir).results.length, 20);
  const points = readFileSync(path.join(dir, 'run.tap'), 'utf8').match(/^ok \d+/gm);
  t.same(
    points,
    results.map((_, n) => `ok ${n + 1}`),
  );
});

t.test('events.jsonl has every event with its time, in order', async (t) => {
  const dir = t.testdir();
  await report(eventsFile(dir), [
    started(dir),
    { type: 'phase', title: 'copy', phase: 'boot\nhost' },
    ended(dir),
  ]);
  const lines = readFileSync(path.join(dir, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as RunEvent & { at: string });
  t.same(
    events.map(({ type }) => type),
    ['started', 'phase', 'ended'],
  );
  t.match(events[1], { at: /^\d{4}-\d\d-\d\dT/, phase: 'boot\nhost' });
});

t.test('run.tap has the plan first', async (t) => {
  const dir = t.testdir();
  await report(tapFile(dir), [started(dir), ...finished.slice(0, 1), ended(dir)]);
  t.equal(
    readFileSync(path.join(dir, 'run.tap'), 'utf8'),
    'TAP version 14\n1..2\nok 1 - copy [provider=shm0]\n',
  );
});

t.test('run.tap of an interrupted run bails out', async (t) => {
  const dir = t.testdir();
  await report(tapFile(dir), [started(dir), { type: 'ended', dir, state: 'interrupted', results: [] }]);
  t.equal(readFileSync(path.join(dir, 'run.tap'), 'utf8'), 'TAP version 14\n1..2\nBail out! interrupted\n');
});
