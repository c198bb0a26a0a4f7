import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asHarnessError, HarnessError } from '../common/errors.js';
import { harnessText } from '../jobs/plan-document.js';
import { putBlob } from './blob-store.js';
import { haveBuild, isBuilt, mustStillCome, notBuilt, placeOf } from './fetch-build.js';
import { packFolder } from './pack.js';
import { jobDataSchema, keys, type JobResult, type PoolJob } from './pool-queue.js';
import type { Context } from './worker-context.js';

/**
 * Runs a job that this worker has taken and accepts its result, or gives it back. Never rejects because of the job.
 * @param before work that must have ended first; the lock is kept meanwhile
 * @param freed called when its process has ended: what is left to do takes no room of another job
 */
export async function runJob(
  job: PoolJob,
  token: string,
  before: readonly Promise<void>[],
  freed: () => void,
  context: Context,
): Promise<void> {
  const { pool, options } = context;
  // BullMQ marks what stalled too often, and leaves it to whoever takes it to fail it
  if (job.deferredFailure) {
    options.told(`${job.data.title}: ${job.deferredFailure}`);
    const failure = new pool.bullmq.UnrecoverableError(job.deferredFailure);
    await job.moveToFailed(failure, token, false).catch(() => {});
    return;
  }
  const lost = new AbortController();
  const renew = setInterval(() => {
    job
      .extendLock(token, options.lockMs)
      .then((kept) => kept || lost.abort())
      .catch(() => lost.abort());
  }, options.lockMs / 3);
  const stop = AbortSignal.any([context.signal, lost.signal]);
  try {
    await Promise.allSettled(before);
    const result = await doJob(job, stop, freed, context);
    if (result === 'later') {
      await job.moveToDelayed(Date.now() + 1000, token);
      return;
    }
    await job.moveToCompleted(result, token, false);
    options.told(`${job.data.title}: done`);
  } catch (error) {
    if (context.signal.aborted) {
      await job.moveToWait(token).catch(() => {});
      return;
    }
    const isOurs = await job
      .extendLock(token, options.lockMs)
      .then(Boolean)
      .catch(() => false);
    if (!isOurs || lost.signal.aborted) {
      await pool.redis.hincrby(keys.dropped, job.id!, 1);
      options.told(`${job.data.title}: dropped, the job is another worker's by now`);
      return;
    }
    const failure = asHarnessError(error);
    options.told(`${job.data.title}: ${failure.message}`);
    const { UnrecoverableError } = pool.bullmq; // no other machine would do better
    const Failure = failure.blame === 'scenario' ? UnrecoverableError : Error;
    await job.moveToFailed(new Failure(failure.message), token, false).catch(() => {});
  } finally {
    clearInterval(renew);
  }
}

/** @returns what is to be accepted, or that a build is not there yet */
async function doJob(
  job: PoolJob,
  stop: AbortSignal,
  freed: () => void,
  context: Context,
): Promise<JobResult | 'later'> {
  const { pool, store, options, planOf, processes } = context;
  const data = jobDataSchema.safeParse(job.data);
  if (!data.success) throw refused(`the job is of another schema than ${options.name} knows (p2plab.pool/1)`);
  const { id, title, kind, plan: planHash, harness, needs } = data.data;
  const [theirs, ours] = [harness, options.harness].map(harnessText);
  if (theirs !== ours) throw refused(`the job is of p2plab ${theirs}, ${options.name} is ${ours}`);
  const { plan, build, dependsOn } = await planOf(planHash, id, data.data.dependsOn);
  for (const needed of dependsOn) {
    if (await haveBuild(needed, stop, context)) continue;
    await mustStillCome(pool, needed);
    return 'later';
  }
  const dir = path.join(options.dir, `${id}-${randomBytes(3).toString('hex')}`);
  await mkdir(dir, { recursive: true });
  try {
    const file = path.join(dir, 'plan.json');
    await writeFile(file, JSON.stringify(plan));
    const out = path.join(dir, 'out');
    const told = (line: string) => void job.updateProgress(line.slice(0, 200)).catch(() => {});
    const { exclusive } = needs;
    await processes.run({ plan: file, job: id, out }, { title, exclusive, stop, told });
    freed();
    if (build && plan.series && !(await isBuilt(build))) {
      await pool.redis.hsetnx(keys.artifacts, id, notBuilt);
      return { blob: notBuilt, worker: options.name };
    }
    const folder = build ? placeOf(build) : path.join(out, id);
    const packed = path.join(dir, 'packed.tar.gz');
    await packFolder(folder, packed);
    const blob = await putBlob(store, packed);
    if (kind === 'build') await pool.redis.hsetnx(keys.artifacts, id, blob);
    return { blob, worker: options.name };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const refused = (message: string) =>
  new HarnessError('scenario', message, { remedy: 'install the same p2plab on all machines of the pool' });
