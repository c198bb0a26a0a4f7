import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../common/errors.js';
import { planJson, type Plan } from '../jobs/plan-document.js';
import { getBlob, putBlob, type BlobStore } from './blob-store.js';
import { unpackFolder } from './pack.js';
import { keys, queueOf, type JobData, type Pool, type PoolJob } from './pool-queue.js';

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

/** What became of a job: its bundle is in `out`, or why there is none. */
export type Ended = { id: string; title: string; failure?: string };

/**
 * Waits for all jobs, tells of what goes on, and fetches each bundle as it is accepted.
 * @param told a line each
 */
export async function followJobs(
  pool: Pool,
  store: BlobStore,
  { queued }: Submission,
  {
    out,
    pollMs,
    told,
    signal,
  }: { out: string; pollMs: number; told: (line: string) => void; signal: AbortSignal },
): Promise<Ended[]> {
  const open = new Map(queued.map((job) => [job.id, job]));
  const last = new Map<string, string>();
  const ended: Ended[] = [];
  while (open.size > 0) {
    for (const { id, title, queue } of [...open.values()]) {
      const job = (await pool.queue(queue).getJob(id)) as PoolJob | undefined;
      const progress = typeof job?.progress === 'string' ? job.progress : '';
      if (progress !== '' && last.get(id) !== progress) told(`${title}: ${progress}`);
      last.set(id, progress);
      if (job?.finishedOn === undefined && job !== undefined) continue;
      open.delete(id);
      const failure = job === undefined ? 'it was cancelled' : job.failedReason;
      if (job?.returnvalue && !failure) {
        await fetchBundle(store, job.returnvalue.blob, path.join(out, id), signal);
        told(`${ended.length + 1}/${queued.length} ${title}: on ${job.returnvalue.worker}`);
        ended.push({ id, title });
      } else {
        told(`${ended.length + 1}/${queued.length} ${title}: failed: ${failure}`);
        ended.push({ id, title, failure });
      }
    }
    if (signal.aborted) throw new Interrupted();
    if (open.size > 0) await sleep(pollMs);
  }
  return ended;
}

async function fetchBundle(store: BlobStore, hash: string, dir: string, signal: AbortSignal): Promise<void> {
  const file = `${dir}.tar.gz`;
  await getBlob(store, hash, file);
  await unpackFolder(file, dir, signal);
  await rm(file);
  await rm(`${dir}.lock`, { force: true });
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
