import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parsePlan } from '../../jobs/plan-document.js';
import { startPool } from '../../pool/pool.test.support.js';
import { readSeriesFile, type SeriesDocument } from '../../series/series-document.js';
import { p2plab, testSeries } from '../run-p2plab.test.support.js';

// Real kernels and VMs: a series in which patch 2 does not build and patch 4 breaks a scenario, by one command, by jobs, and in a pool.

const scenario = 'p2pmem-kernel-sizes [provider=shm0]';
const which = ['--set', 'provider=shm0', '--no-controls', '--kernel', 'p2pmem-6.12'];

/** What does not differ from run to run. */
const grid = ({ columns, rows, changes, state }: SeriesDocument) => ({
  ...{ state, changes },
  columns: columns.map(({ seconds: _, ...column }) => column),
  rows: rows.map(({ name, cells }) => ({ name, cells: cells.map(({ seconds: _, ...cell }) => cell) })),
});

t.test('jobs of a series come to the series that one command makes', async (t) => {
  const dir = t.testdir({ state: {} });
  const at = (name: string) => path.join(dir, name);
  const env = { XDG_STATE_HOME: at('state') };
  const run = async (exit: number, ...args: string[]) => {
    const { exitCode, stdout, stderr } = await p2plab(args, { env });
    t.equal(exitCode, exit, `p2plab ${args[0]}: ${String(stderr)}`);
    return { stdout: String(stdout), stderr: String(stderr) };
  };
  const read = async (name: string) => (await readSeriesFile(at(name)))!;

  const asked = ['p2pmem-kernel-sizes', '--series', testSeries('jobs'), ...which];
  const plan = at('plan.json');
  writeFileSync(plan, (await run(0, 'plan', '--json', ...asked)).stdout);
  for (const n of [1, 2]) {
    const { exitCode } = await p2plab(['run', '--plan', plan, '--shard', `${n}/2`, '--out', at('b')], {
      env,
    });
    t.ok(exitCode === 0 || exitCode === 1);
  }
  const first = await run(3, 'merge', at('b'), '--plan', plan, '--out', at('first'));
  t.same(first.stderr.match(/^(wanted|missing): .*, run \d/gm), [
    `wanted: 4: ${scenario}, run 2`,
    `wanted: 4: ${scenario}, run 3`,
  ]);
  t.equal((await read('first')).state, 'interrupted');
  const next = path.join(at('first'), 'next-plan.json');
  const again = await run(1, 'run', '--plan', next, '--out', at('b'));
  t.match(again.stdout, /^2 of 7 jobs, bundles in /m, 'what is done is not run again');
  t.notMatch(again.stdout, 'compiling', 'nor is what does not build compiled again');
  await run(1, 'merge', at('b'), '--plan', next, '--out', at('merged'), '--report', 'mail');
  t.match(readFileSync(path.join(at('merged'), 'report.eml'), 'utf8'), /p2pmem-kernel-sizes/);

  await run(
    1,
    'series',
    testSeries('jobs'),
    '--scenario',
    'p2pmem-kernel-sizes',
    ...which,
    '--out',
    at('plain'),
  );
  t.same(grid(await read('merged')), grid(await read('plain')));

  await using pool = await startPool(dir, { runner: 'real' });
  const submit = pool.submit(parsePlan(readFileSync(plan, 'utf8'), plan), 'pooled');
  await pool.queued(submit);
  pool.worker('one');
  const { exitCode, all } = await submit;
  t.equal(exitCode, 1, String(all));
  t.same(String(all).match(/^\d+ jobs queued$/gm), ['5 jobs queued', '2 jobs queued']);
  t.same(grid(await read('pooled')), grid(await read('plain')));
  t.equal((await read('pooled.round-1')).state, 'interrupted');
});
