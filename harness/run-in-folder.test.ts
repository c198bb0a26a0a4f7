import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Interrupted } from './common/errors.js';
import type { Reporter } from './report/reporter.js';
import type { Result } from './report/run-document.js';
import { byVariants, endOf, runInFolder } from './run-in-folder.js';
import type { RunRequest } from './run.js';
import { bareScenario } from './scenario/bare.test.support.js';
import type { Scenario } from './scenario/scenario.js';

const { signal } = new AbortController();

t.test(
  'a run that cannot begin says so to its caller, then to its reporters, and in its folder',
  async (t) => {
    const dir = t.testdir();
    const scenario = {
      file: 'x.yaml',
      name: 'x',
      variant: {},
      steps: [],
      without: [],
    } as unknown as Scenario;
    const request = {
      id: 'x',
      dir,
      kernel: 'no-such-kernel',
      variants: [scenario],
      without: [],
      extraPatches: [],
    };
    const told: string[] = [];
    const reporter = {
      name: 'test',
      on: (event: { type: string; state?: string }) => void told.push(`${event.type} ${event.state}`),
    };
    const run = runInFolder(
      request as unknown as RunRequest,
      { reporters: [reporter], complain: () => {}, onError: (error) => told.push((error as Error).message) },
      signal,
    );
    await t.rejects(run, { message: /no-such-kernel/ });
    t.same(told, ['no kernel and no file named no-such-kernel', 'ended broken']);
    t.match(readFileSync(path.join(dir, 'events.jsonl'), 'utf8'), /"type":"ended".*"state":"broken"/);
    t.notOk(existsSync(path.join(dir, 'run.json')), 'nothing was started');
  },
);

t.test('what ends a run', async (t) => {
  t.equal(endOf(new Interrupted(), signal), 'interrupted');
  t.equal(endOf(new Error('x'), signal), 'broken');
  t.equal(endOf(new Error('x'), AbortSignal.abort()), 'interrupted');
});

t.test('results stand in the order of their variants, whatever order they ended in', async (t) => {
  const [a, b] = [
    { name: 'x', variant: { provider: 'shm0' } },
    { name: 'x', variant: { provider: 'nvme0' } },
  ];
  const [ofA, ofB] = [a, b].map(({ name, variant }) => ({ scenario: name, variant }) as unknown as Result);
  t.strictSame(byVariants([a!, b!])([ofB!, ofA!]), [ofA, ofB]);
});

t.test('the caller gets results in the order of the variants, though the longest is run first', async (t) => {
  const steps = Array.from({ length: 9 }, (_, n) => ({
    name: `s${n}`,
    kind: 'shell',
    machine: 'a',
    params: {},
  }));
  const needs = { kernel: ['NOT_THERE'], qemu: [] }; // skipped: no machine is started
  const short = bareScenario({ name: 'short', needs });
  const long = bareScenario({ name: 'long', needs, steps });
  const kernel = { name: 'k', release: '6.12', id: 'k', series: [], symbols: new Map() };
  const ready = { kernel, image: { name: 'i', id: 'i', rootfs: '' } } as unknown as RunRequest['ready'];
  const ended: string[] = [];
  const reporter: Reporter = {
    name: 'test',
    on: (event) => void (event.type === 'finished' && ended.push(event.title)),
  };
  const how = { image: 'i', accelerator: 'tcg', controls: true, jobs: 1, ready } as const;
  const results = await runInFolder(
    { id: 'x', dir: t.testdir(), variants: [short, long], ...how, extraPatches: [], without: [] },
    { reporters: [reporter], complain: () => {} },
    signal,
  );
  t.strictSame(ended, ['long', 'short']);
  t.strictSame(
    results.map(({ scenario }) => scenario),
    ['short', 'long'],
  );
});
