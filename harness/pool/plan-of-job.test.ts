import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { planJson, type Build, type Plan } from '../jobs/plan-document.js';
import { job, planOf } from '../jobs/sample.test.support.js';
import { openStore, putBlob } from './blob-store.js';
import { planCache } from './plan-of-job.js';

const needs = { cpus: 1, memoryMiB: 512, exclusive: false, accelerator: 'any' } as const;
const build = (id: string): Build => ({
  ...{ id, kind: 'kernel', name: id, needs, expected: { seconds: 480, measured: false } },
});
const scenario = (name: string) => ({ name, file: `${name}.yaml`, packaged: false, text: `name: ${name}` });

async function lab(t: Test) {
  const dir = t.testdir({ work: {} });
  const jobs = [job(1, { scenario: 'copy' }), job(2, { scenario: 'map' })];
  const builds = ['kernel-0000000000000001', 'kernel-0000000000000002'].map(build);
  const plan: Plan = { ...planOf(jobs), builds, scenarios: ['copy', 'map'].map(scenario) };
  const file = path.join(dir, 'plan.json');
  writeFileSync(file, planJson(plan));
  const store = openStore(path.join(dir, 'store'));
  const hash = await putBlob(store, file);
  let fetched = 0;
  const counted = { ...store, get: (...args: [string, string]) => (fetched++, store.get(...args)) };
  return { plan, hash, fetched: () => fetched, planOf: planCache(counted, path.join(dir, 'work')) };
}

t.test('a job gets what of the plan is its own', async (t) => {
  const { plan, hash, planOf } = await lab(t);
  const [one, two] = plan.builds;
  const run = await planOf(hash, plan.jobs[1]!.id, [two!.id]);
  t.same(run, {
    plan: { ...plan, jobs: [plan.jobs[1]], builds: [two], scenarios: [plan.scenarios[1]] },
    build: undefined,
    dependsOn: [two],
  });
  const built = await planOf(hash, one!.id, []);
  t.same([built.build, built.dependsOn, built.plan.jobs], [one, [], []]);
});

t.test('a plan is fetched once for all of its jobs', async (t) => {
  const { plan, hash, planOf, fetched } = await lab(t);
  await Promise.all(plan.jobs.map(({ id }) => planOf(hash, id, [])));
  await planOf(hash, plan.jobs[0]!.id, []);
  t.equal(fetched(), 1);
});

t.test('one that could not be fetched is asked for again', async (t) => {
  const { planOf, fetched } = await lab(t);
  const missing = '0'.repeat(64);
  for (const times of [1, 2]) {
    await t.rejects(planOf(missing, 'run-1', []), { message: /0000000000000000: / });
    t.equal(fetched(), times);
  }
});
