import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { planJson, type Plan } from '../jobs/plan-document.js';
import { putBlob, type BlobStore } from './blob-store.js';
import { keys, queueOf, type JobData, type Pool } from './pool-queue.js';

const attempts = 3;

export type Submission = { plan: Plan; queued: { id: string; title: string; queue: string }[] };

/** Queues what a plan needs: the same work has the same id, so it is there once, whoever asks. */
export async function submitPlan(
  pool: Pool,
  store: BlobStore,
  plan: Plan,
  priority: number,
): Promise<Submission> {
  const hash = await putText(store, planJson(plan));
  const common = { schema: 'p2plab.pool/1', plan: hash, harness: plan.harness } as const;
  const built = new Set(await pool.redis.hkeys(keys.artifacts));
  const builds: JobData[] = plan.builds
    .filter(({ id }) => !built.has(id))
    .map(({ id, name, kind, needs }) => ({
      ...{ ...common, kind: 'build', id, title: `${kind} ${name}`, needs, dependsOn: [] },
    }));
  // longest first: what is long and comes last is waited for by all
  const longestFirst = [...plan.jobs].sort((a, b) => b.expected.seconds - a.expected.seconds);
  const runs: JobData[] = longestFirst.map(({ id, title, needs, dependsOn }) => ({
    ...{ ...common, kind: 'run', id, title, needs, dependsOn },
  }));
  const queued: Submission['queued'] = [];
  for (const data of [...builds, ...runs]) {
    const name = queueOf(data.needs);
    await pool.redis.sadd(keys.queues, name);
    const queue = pool.queue(name);
    const old = await queue.getJob(data.id);
    if (old && (await old.isFailed())) await old.remove(); // asked for again
    // builds go first: BullMQ's highest priority is 1
    const how = { jobId: data.id, priority: data.kind === 'build' ? 1 : priority + 1, attempts };
    await queue.add(data.kind, data, { ...how, backoff: { type: 'fixed', delay: 1000 } });
    if (data.kind === 'run') queued.push({ id: data.id, title: data.title, queue: name });
  }
  return { plan, queued };
}

async function putText(store: BlobStore, text: string): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-'));
  try {
    const file = path.join(dir, 'plan.json');
    await writeFile(file, text);
    return await putBlob(store, file);
  } finally {
    await rm(dir, { recursive: true });
  }
}
