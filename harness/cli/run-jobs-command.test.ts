import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { planJson, readPlan } from '../jobs/plan-document.js';
import { planVariants } from '../jobs/plan-variants.js';
import { job, planOf as samplePlan } from '../jobs/sample.test.support.js';
import { bzImage } from '../kernel/bz-image.test.support.js';
import { planOf, type PlanJsonOptions } from './plan-json.js';
import { buildProgram } from './program.js';
import { chooseJobs, runOrderedJob } from './run-jobs-command.js';
import { plainTerminal } from './terminal.test.support.js';

const { signal } = new AbortController();
const options: PlanJsonOptions = {
  ...{ patch: [], image: 'base', set: {}, accel: 'auto', controls: true, without: [] },
};
const kernelIn = (dir: string, version = '6.12.1 (me@here)') => {
  const kernel = path.join(dir, version.split(' ')[0]!);
  writeFileSync(kernel, bzImage(version));
  return kernel;
};
const idsOf = async (more: Partial<PlanJsonOptions>, dir: string) => {
  const asked = { kernel: kernelIn(dir), ...options, ...more };
  const { jobs } = await planOf(['nvme-copy-p2p'], asked, [], signal);
  return jobs.map(({ id }) => id);
};

t.test('the same work has the same id, and other work another', async (t) => {
  const dir = t.testdir();
  const [ids, again, other, settings, one] = [
    await idsOf({}, dir),
    await idsOf({}, dir),
    await idsOf({ kernel: kernelIn(dir, '6.12.2 (me@here)') }, dir),
    await idsOf({ controls: false }, dir),
    await idsOf({ set: { provider: 'shm0' } }, dir),
  ];
  t.equal(new Set(ids).size, 2);
  t.same(again, ids);
  t.notOk([...other, ...settings].some((id) => ids.includes(id)));
  t.same(one, [ids[1]], 'a choice among variants is no other variant');
});

t.test('a plan has all that its jobs are read from', async (t) => {
  const dir = t.testdir();
  const asked = { ...options, kernel: kernelIn(dir), tag: 'smoke' };
  const plan = await planOf([], asked, [], signal);
  const file = path.join(dir, 'plan.json');
  writeFileSync(file, planJson(plan));
  const read = await readPlan(file);
  t.same(read, plan);
  const titles = [...planVariants(read).values()].map(({ name }) => name);
  t.same(
    titles,
    plan.jobs.map(({ scenario }) => scenario),
  );
  t.ok(plan.jobs.every(({ needs }) => needs.cpus >= 1 && needs.memoryMiB >= 256));
});

t.test('a plan of another p2plab is not run', async (t) => {
  const file = path.join(t.testdir(), 'plan.json');
  writeFileSync(file, planJson(samplePlan([job(1)])));
  const argv = ['node', 'p2plab', 'run', '--plan', file, '--shard', '1/1'];
  const program = await buildProgram(plainTerminal().terminal, () => {});
  await t.rejects(program.parseAsync(argv), {
    blame: 'scenario',
    message: /^the plan is of p2plab 0\.1\.0 \(0123456789abcdef\), this is 0\.1\.0 \([0-9a-f]{16}\)$/,
  });
});

t.test('options that do not go together', async (t) => {
  const run = async (...args: string[]) =>
    (await buildProgram(plainTerminal().terminal, () => {})).parseAsync(['node', 'p2plab', 'run', ...args]);
  await t.rejects(run('--shard', '1/2', '--keep'), { message: '--keep and jobs do not go together' });
  await t.rejects(run('--plan', 'p.json', '--tag', 'smoke'), {
    message: '--plan and --tag do not go together',
  });
  await t.rejects(run('--shard', '3/2'), { message: /want i\/n, as 2\/3: the second of three\./ });
});

t.test('an id that the plan does not have', (t) => {
  t.throws(() => chooseJobs(samplePlan([job(1)]), { job: ['run-ffffffffffffffff'] }), {
    message: 'the plan has no job run-ffffffffffffffff',
  });
  t.end();
});

t.test('a plan of a series has the first run of each prefix', async (t) => {
  const series = path.join(packageRoot, 'harness/e2e/testdata/series/frees');
  const dir = t.testdir();
  const planned = async (...args: string[]) => {
    const { terminal, printed } = plainTerminal();
    const argv = ['node', 'p2plab', 'plan', '--json', 'nvme-copy-p2p', '--set', 'provider=shm0', ...args];
    await (await buildProgram(terminal, () => {}, argv.slice(2))).parseAsync(argv);
    const file = path.join(dir, 'plan.json');
    writeFileSync(file, printed());
    return readPlan(file);
  };
  const on = ['--kernel', 'p2pmem-6.12', '--series', series];
  const plan = await planned(...on);
  t.same(
    plan.jobs.map(({ title }) => title),
    ['base', 1, 2, 3, 4, 5].map((n) => `${n}: nvme-copy-p2p [provider=shm0]`),
  );
  t.same(
    plan.builds.map(({ kind, patches }) => [kind, patches]),
    [...[0, 1, 2, 3, 4, 5].map((n) => ['kernel', n]), ['image', undefined]],
  );
  t.equal(new Set([...plan.jobs, ...plan.builds].map(({ id }) => id)).size, 13);
  t.same(await planned(...on), plan, 'the same wherever it is made');
  t.same((await planned(...on, '--last')).jobs, [plan.jobs[0], plan.jobs[5]]);
  const [job] = (await planned('--kernel', 'p2pmem-6.12')).jobs;
  t.equal(plan.jobs[0]!.id, job!.id, 'the base is what a run without the series runs');
  await t.rejects(planned(...on, '--patch', path.join(series, 'x.patch')), {
    message: '--series and --patch do not go together',
    remedy: 'name patches that come before the series with --after',
  });
});

t.test('a shard has nothing of what is done; a job that is named is run', (t) => {
  const plan = { ...samplePlan([job(1), job(2), job(3)]), done: [job(2).id] };
  const chosen = (how: Parameters<typeof chooseJobs>[1]) => chooseJobs(plan, how).jobs.map(({ id }) => id);
  t.same(chosen({}), [job(1).id, job(3).id]);
  t.same([1, 2].flatMap((index) => chosen({ shard: { index, count: 2 } })).sort(), [job(1).id, job(3).id]);
  t.same(chosen({ job: [job(2).id] }), [job(2).id]);
  t.end();
});

t.test('options of plan that would say nothing', async (t) => {
  const plan = async (...args: string[]) =>
    (await buildProgram(plainTerminal().terminal, () => {}, ['plan', ...args])).parseAsync([
      ...['node', 'p2plab', 'plan', ...args],
    ]);
  await t.rejects(plan('nvme-copy-p2p', '--no-controls'), {
    blame: 'scenario',
    message: '--no-controls says nothing without --json',
    remedy: 'add --json, or leave --no-controls out',
  });
  await t.rejects(plan('nvme-copy-p2p', '--series', 'v2.mbx'), {
    message: '--series says nothing without --json',
  });
  await t.rejects(plan('--json', 'nvme-copy-p2p', '--retries', '2'), {
    message: '--retries says nothing without --series',
  });
  await t.rejects(plan('--json', '--series', 'v2.mbx', '--coverage'), {
    message: '--series and --coverage do not go together',
    remedy: 'p2plab series --coverage tells it, on one machine',
  });
});

t.test('a process that waits for a job runs the one that it is told of, or none', async (t) => {
  const { terminal } = plainTerminal();
  const waiting = { ...options, jobs: 1 };
  t.equal(await runOrderedJob(waiting, Readable.from([]), terminal), 0);
  const out = t.testdir();
  const plan = path.join(out, 'plan.json');
  writeFileSync(plan, planJson(samplePlan([job(1)])));
  const order = JSON.stringify({ plan, job: job(1).id, out });
  const { harness } = samplePlan([]);
  await t.rejects(runOrderedJob(waiting, Readable.from([`${order}\n`]), terminal), {
    message: new RegExp(`^the plan is of p2plab ${harness.version} `),
  });
});
