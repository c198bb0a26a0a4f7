import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { markProcess } from '../host/process-mark.js';
import { loadRun } from './load-run.js';
import { failed, header, result } from './sample.test.support.js';

const at = '2026-11-01T12:00:01.000Z';
const line = (event: object) => JSON.stringify({ at, ...event }) + '\n';
const started = line({ type: 'started', dir: '/r', count: 2, run: header });
const finished = (r: object) => line({ type: 'finished', title: 'copy', result: r });
const document = { ...header, state: 'finished', endedAt: at, results: [result(), failed] };

async function refusal(dir: string): Promise<HarnessError> {
  const error = await loadRun(dir).catch((thrown: unknown) => thrown);
  if (!(error instanceof HarnessError)) throw new Error(`no HarnessError: ${String(error)}`);
  return error;
}

t.test('a run is read from run.json, with its events', async (t) => {
  const dir = t.testdir({ 'run.json': JSON.stringify(document), 'events.jsonl': started });
  const { run, events } = await loadRun(dir);
  t.same(run, document);
  t.same(
    events.map(({ type, at: time }) => `${type} ${time}`),
    [`started ${at}`],
  );
});

t.test('a run without events is whole', async (t) => {
  const { events } = await loadRun(t.testdir({ 'run.json': JSON.stringify(document) }));
  t.same(events, []);
});

t.test(
  'of a run that was killed before run.json was written, what finished is in events.jsonl',
  async (t) => {
    const cut = finished(failed).slice(0, 40);
    const { run } = await loadRun(t.testdir({ 'events.jsonl': started + finished(result()) + cut }));
    t.same(run, { ...header, results: [result()] });
  },
);

t.test('a run whose process was killed is interrupted, at the time of its last event', async (t) => {
  const running = JSON.stringify({ ...document, state: 'running', endedAt: null });
  const files = { 'run.json': running, 'events.jsonl': started };
  const owned = async (owner: object) =>
    (await loadRun(t.testdir({ ...files, 'owner.json': JSON.stringify(owner) }))).run;
  t.match(await owned({ ...markProcess(), startTicks: '1' }), { state: 'interrupted', endedAt: at });
  t.match(await owned(markProcess()), { state: 'running', endedAt: null });
  t.match(
    await owned({ ...markProcess(), place: 'another host' }),
    { state: 'running' },
    'it cannot be told',
  );
});

t.test('a run.json that was cut off is as none', async (t) => {
  const dir = t.testdir({ 'run.json': '{"schema": "p2pl', 'events.jsonl': started + finished(result()) });
  t.equal((await loadRun(dir)).run.results.length, 1);
});

t.test('events tell the state and the time of the end', async (t) => {
  const ended = line({ type: 'ended', dir: '/r', state: 'interrupted', results: [failed] });
  const { run } = await loadRun(t.testdir({ 'events.jsonl': started + finished(failed) + ended }));
  t.same([run.state, run.endedAt, run.results], ['interrupted', at, [failed]]);
});

t.test('a folder that is none, is not there, or is no run', async (t) => {
  const dir = t.testdir({ file: 'x', empty: {}, bad: { 'run.json': 'x' } });
  t.match(await refusal(`${dir}/none`), { blame: 'scenario', message: `${dir}/none is not there` });
  t.match(await refusal(`${dir}/file`), { message: `${dir}/file is not a folder` });
  t.match(await refusal(`${dir}/empty`), { message: `${dir}/empty has no run that had started in it` });
  const { message, remedy } = await refusal(`${dir}/bad`);
  t.equal(message, `${dir}/bad/run.json is no JSON, and events.jsonl does not tell of a start`);
  t.equal(remedy, 'give the folder of a run, which has run.json or events.jsonl');
});

t.test('a run.json of another schema says where', async (t) => {
  const dir = t.testdir({
    'run.json': JSON.stringify({ ...document, results: [{ ...result(), outcome: 'ok' }] }),
  });
  const { message, remedy } = await refusal(dir);
  t.match(message, `${dir}/run.json is not a p2plab.run/1 document: results.0.outcome: Invalid option`);
  t.equal(remedy, 'report it with the version of p2plab that made it');
});
