import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { packageRoot } from '../common/paths.js';
import { readScenario } from '../scenario/read-scenario.js';
import { stepKinds } from '../workload/step-kinds.js';
import { jobId } from './make-plan.js';
import { mustBeMeant } from './must-be-meant.js';
import { job, planOf } from './sample.test.support.js';

const library = path.join(packageRoot, 'scenarios/own/own-program.yaml');
const text = readFileSync(library, 'utf8');

/** A plan of the library's scenario that takes a program along, and its job, as if it lay in that file. */
async function planned(file: string) {
  const [variant] = readScenario(file, text, stepKinds).variants;
  const plan = {
    ...planOf([]),
    scenarios: [{ name: variant!.name, file: path.relative(packageRoot, file), packaged: true, text }],
  };
  const { harness, settings } = plan;
  const { kernel, image } = job(1);
  const id = await jobId(variant!, { harness, settings, kernel, image }).catch(() => 'run-0000000000000001');
  return { variant: variant!, plan, one: job(1, { id, title: variant!.name }) };
}

const remedy = 'make the plan again where it is run, or run it where it was made: p2plab plan --json';

t.test('a job of the library is what its plan says', async () => {
  const { variant, plan, one } = await planned(library);
  await mustBeMeant(variant, one, plan);
});

t.test('an id that is of something else', async (t) => {
  const { variant, plan, one } = await planned(library);
  await t.rejects(mustBeMeant(variant, { ...one, id: 'run-0000000000000001' }, plan), {
    blame: 'scenario',
    message: `the plan calls own-program run-0000000000000001, but what it says of it is ${one.id}`,
    remedy,
  });
});

const elsewhere = (t: Test) => path.join(t.testdir({ key: 'secret' }), 'own-program.yaml');

t.test('a plan does not choose a folder to take files from', async (t) => {
  const file = elsewhere(t);
  const { variant, plan, one } = await planned(file);
  const message = `own-program takes files along, and ${file} is not here, or another`;
  await t.rejects(mustBeMeant(variant, one, plan), { blame: 'scenario', message, remedy });
  writeFileSync(file, text.replace('own', 'other'));
  await t.rejects(mustBeMeant(variant, one, plan), { message });
});
