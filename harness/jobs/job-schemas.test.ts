import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { readScenario } from '../scenario/read-scenario.js';
import { stepKinds } from '../workload/step-kinds.js';
import { jobSchemas } from './job-schemas.js';
import { makePlan } from './make-plan.js';
import { planJson } from './plan-document.js';
import { job, writeBundle } from './sample.test.support.js';

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(packageRoot, file), 'utf8'));

for (const [file, text] of Object.entries(jobSchemas)) {
  t.test(`${file} is that of the document, and in the package`, async (t) => {
    t.strictSame(read(`harness/jobs/${file}`), JSON.parse(text), 'npm run schema writes it');
    t.match(read(`dist/jobs/${file}`), { $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });
}

/** What another program than ours has against a document, by the published schema. */
function problems(file: string, document: unknown): string[] {
  const ajv = new Ajv2020({ validateFormats: false, allErrors: true });
  const validate = ajv.compile(read(`harness/jobs/${file}`) as object);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

t.test('a plan of the library keeps to its schema', async (t) => {
  const file = path.join(packageRoot, 'scenarios/copy/nvme-copy-p2p.yaml');
  const { variants } = readScenario(file, readFileSync(file, 'utf8'), stepKinds);
  const how = { accelerator: 'auto', controls: true, without: [], coverage: false, cost: false } as const;
  const asked = { ...how, variants, set: {}, patches: [], image: 'base', history: [] };
  const plan = await makePlan(asked, new AbortController().signal);
  t.ok(plan.jobs.length >= 2);
  const document = JSON.parse(planJson(plan)) as object;
  t.same(problems('plan.schema.json', document), []);
  t.same(problems('plan.schema.json', { ...document, jobs: [{ ...plan.jobs[0], id: 'run-1' }] }), [
    '/jobs/0/id must match pattern "^run-[0-9a-f]{16}$"',
  ]);
});

t.test('a bundle keeps to its schema', async (t) => {
  const dir = await writeBundle(path.join(t.testdir(), 'b'), job(1));
  const document = JSON.parse(readFileSync(path.join(dir, 'job.json'), 'utf8')) as object;
  t.same(problems('bundle.schema.json', document), []);
  t.same(problems('bundle.schema.json', { ...document, outcome: 'perhaps' }), [
    '/outcome must be equal to one of the allowed values',
  ]);
});
