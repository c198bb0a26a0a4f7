import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeNotBuilt } from '../jobs/not-built.js';
import { openJobs, planJson, readPlan } from '../jobs/plan-document.js';
import { harness, writeBundle } from '../jobs/sample.test.support.js';
import { shardsOf } from '../jobs/shards.js';
import { notBuilt } from '../labs/series-plan.test.support.js';

// Stands in for `p2plab run --plan`. FAKE_SAYS has what each run of a job says: {"2: own-program": "f-p"}: it fails, then
// leaves nothing, then passes; "!": it does not build. What is not there passes. FAKE_LOG gets a line for each run.

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    plan: { type: 'string' },
    shard: { type: 'string' },
    builds: { type: 'boolean' },
    out: { type: 'string' },
  },
});
const says = JSON.parse(process.env.FAKE_SAYS ?? '{}') as Record<string, string>;
const log = process.env.FAKE_LOG!;
const plan = await readPlan(values.plan!);
const out = values.out!;
mkdirSync(out, { recursive: true });
const titleOf = (title: string) => title.replace(/, run \d+$/, '');
let exitCode = 0;
if (values.builds) {
  const never = plan.jobs.filter(({ title }) => says[title] === '!');
  for (const job of never) await writeNotBuilt(path.join(out, job.id), { job, harness }, notBuilt(out));
  writeFileSync(path.join(out, 'plan.json'), planJson({ ...plan, done: never.map(({ id }) => id) }));
} else {
  const [index, count] = values.shard!.split('/').map(Number);
  for (const job of shardsOf(openJobs(plan), count!)[index! - 1]!) {
    const title = titleOf(job.title);
    const before = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
    const said = says[title]?.[before.filter((line) => titleOf(line) === title).length] ?? 'p';
    appendFileSync(log, `${job.title}\n`);
    if (said === '-') continue;
    const over = said === 'f' ? { outcome: 'fail' as const, reasons: ['10 pages short'] } : {};
    await writeBundle(path.join(out, job.id), job, over, { kernelImage: job.kernel });
    if (said === 'f') exitCode = 1;
  }
}
process.exitCode = exitCode;
