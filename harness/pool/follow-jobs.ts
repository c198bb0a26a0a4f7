import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../common/errors.js';
import { getBlob, type BlobStore } from './blob-store.js';
import { unpackFolder } from './pack.js';
import type { Pool, PoolJob } from './pool-queue.js';
import type { Submission } from './submit-plan.js';

/** What became of a job: its bundle is in `out`, or why there is none. */
export type Ended = { id: string; title: string; failure?: string };

export type Following = {
  out: string;
  /** How often all jobs are looked at, whatever was told of them: events are lost while Redis is away. */
  pollMs: number;
  /** A line each. */
  told: (line: string) => void;
  signal: AbortSignal;
};

/** Waits for all jobs, tells of what goes on, and fetches each bundle as it is accepted. */
export async function followJobs(
  pool: Pool,
  store: BlobStore,
  { queued }: Submission,
  { out, pollMs, told, signal }: Following,
): Promise<Ended[]> {
  const open = new Map(queued.map((job) => [job.id, job]));
  const ended: Ended[] = [];
  let changed = new Set<string>();
  let wake = () => {};
  const hasChanged = ({ jobId }: { jobId: string }) => {
    changed.add(jobId);
    wake();
  };
  for (const name of new Set(queued.map(({ queue }) => queue))) {
    const events = await pool.events(name);
    for (const event of ['completed', 'failed', 'removed'] as const) events.on(event, hasChanged);
    events.on('progress', ({ jobId, data }) => {
      const job = open.get(jobId);
      if (job) told(`${job.title}: ${String(data)}`);
    });
  }
  const look = async (id: string) => {
    const { title, queue } = open.get(id)!;
    const job = (await pool.queue(queue).getJob(id)) as PoolJob | undefined;
    if (job && job.finishedOn === undefined) return;
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
  };
  let all = true;
  while (open.size > 0) {
    const ids = all ? [...open.keys()] : [...changed].filter((id) => open.has(id));
    changed = new Set();
    const woken = new Promise<void>((done) => (wake = done));
    for (const id of ids) await look(id);
    if (open.size === 0) break;
    // `stop`: what waits does not keep the process
    const stop = new AbortController();
    const wait = { signal: AbortSignal.any([stop.signal, signal]) };
    all = await Promise.race([woken.then(() => false), sleep(pollMs, true, wait).catch(() => false)]);
    stop.abort();
    if (signal.aborted) throw new Interrupted();
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
