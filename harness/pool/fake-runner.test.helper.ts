import path from 'node:path';
import { readFileSync, appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeBundle } from '../jobs/sample.test.support.js';
import type { Plan } from '../jobs/plan-document.js';
import { readOrder } from './job-order.js';

// In place of `p2plab run --ordered`: a bundle after a while, or the end of the worker.
const order = await readOrder(process.stdin, new AbortController().signal);
if (!order) process.exit(0);
const { plan: file, job: id, out } = order;
const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan;
const job = plan.jobs.find((one) => one.id === id);
if (!job) {
  console.error('drivers/pci/p2pdma.c:42: error: expected ; before }');
  process.exit(2); // a build: none of those works here
}
if (process.env.FAKE_LOG) appendFileSync(process.env.FAKE_LOG, `${job.title} ${process.pid}\n`);
console.log('boot host');
if (job.variant.poison) process.kill(process.ppid, 'SIGKILL');
await sleep(Number(job.variant.ms ?? 0));
await writeBundle(path.join(out, job.id), job, {}, { harness: plan.harness });
