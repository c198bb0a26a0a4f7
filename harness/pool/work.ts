import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import { readArtifact } from '../common/artifact-store.js';
import { asHarnessError, HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { buildFolder } from '../jobs/ci-matrix.js';
import { harnessText, type Build, type Plan } from '../jobs/plan-document.js';
import { diesWithUs } from '../vm/dies-with-us.js';
import { getBlob, putBlob, type BlobStore } from './blob-store.js';
import { packFolder, unpackFolder } from './pack.js';
import {
  jobDataSchema,
  keys,
  queueOf,
  roomOf,
  type JobData,
  type JobResult,
  type Pool,
  type PoolJob,
} from './pool-queue.js';

export type WorkerOptions = {
  name: string;
  /** What jobs may take of this machine together. */
  cpus: number;
  memoryMiB: number;
  /** A job whose worker says nothing for so long is given to another. */
  lockMs: number;
  pollMs: number;
  /** The version of p2plab that jobs must be of. */
  harness: Plan['harness'];
  /** The program that runs a job: gets `--plan FILE --job ID --out DIR`. */
  command: readonly string[];
  /** Folder for work in progress. */
  dir: string;
  /** Whether to end when no job is left. */
  drain: boolean;
  told: (line: string) => void;
};

type Running = { job: PoolJob; room: NonNullable<ReturnType<typeof roomOf>>; work: Promise<void> };

/**
 * Takes jobs from queues whose jobs there is room for, and runs each as a process of its own that dies with this one.
 * This process only minds locks and children, so that nothing keeps it from renewing them. Ends when the signal fires.
 */
export async function work(
  pool: Pool,
  store: BlobStore,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { lockMs, pollMs, drain, cpus, memoryMiB } = options;
  const takers = new Map<string, Worker<JobData, JobResult, string>>();
  const running = new Set<Running>();
  const takerOf = async (name: string) => {
    const known = takers.get(name);
    if (known) return known;
    const how = { lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: 2, autorun: false };
    const taker = new pool.bullmq.Worker<JobData, JobResult, string>(name, null, {
      connection: pool.redis,
      ...how,
    });
    taker.on('error', () => {}); // Redis is away: what matters fails by itself
    void taker.startStalledCheckTimer();
    takers.set(name, taker);
    return taker;
  };
  const free = () => {
    const rooms = [...running].map(({ room }) => room);
    const alone = rooms.some(({ exclusive }) => exclusive);
    const used = (what: 'cpus' | 'memoryMiB') => rooms.reduce((sum, room) => sum + room[what], 0);
    return {
      alone,
      any: rooms.length > 0,
      cpus: cpus - used('cpus'),
      memoryMiB: memoryMiB - used('memoryMiB'),
    };
  };
  /** One that fits at all runs on an empty machine even if it has more processors than that: they share then. */
  const fits = (room: Running['room']): boolean => {
    const { alone, any, ...left } = free();
    if (alone || (room.exclusive && any)) return false;
    return room.memoryMiB <= left.memoryMiB && (!any || room.cpus <= left.cpus);
  };
  let idle = 0;
  while (!signal.aborted && !(drain && idle > 3)) {
    let took = false;
    for (const name of (await pool.redis.smembers(keys.queues)).sort().reverse()) {
      const room = roomOf(name);
      if (!room || !fits(room)) continue;
      const token = `${options.name}-${randomBytes(8).toString('hex')}`; // the fence: of this taking alone
      const job = (await (await takerOf(name)).getNextJob(token, { block: false })) as PoolJob | undefined;
      if (!job) continue;
      took = true;
      const entry: Running = { job, room, work: Promise.resolve() };
      running.add(entry);
      entry.work = runJob(job, token, { pool, store, options, signal }).finally(() => running.delete(entry));
    }
    const busy = took || running.size > 0 || (drain && (await leftIn(pool)) > 0);
    idle = busy ? 0 : idle + 1;
    if (!took) await sleep(pollMs);
  }
  await Promise.all([...running].map((entry) => entry.work));
  await Promise.all([...takers.values()].map((taker) => taker.close(true).catch(() => {})));
}

async function leftIn(pool: Pool): Promise<number> {
  const names = await pool.redis.smembers(keys.queues);
  const counts = await Promise.all(
    names.map((name) => pool.queue(name).getJobCounts('wait', 'prioritized', 'delayed', 'active')),
  );
  return counts.flatMap((count) => Object.values(count)).reduce((sum, n) => sum + n, 0);
}

type Context = { pool: Pool; store: BlobStore; options: WorkerOptions; signal: AbortSignal };

async function runJob(job: PoolJob, token: string, context: Context): Promise<void> {
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
    const result = await doJob(job, stop, context);
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
async function doJob(job: PoolJob, stop: AbortSignal, context: Context): Promise<JobResult | 'later'> {
  const { pool, store, options } = context;
  const data = jobDataSchema.safeParse(job.data);
  if (!data.success) throw refused(`the job is of another schema than ${options.name} knows (p2plab.pool/1)`);
  const { id, title, kind, plan: planHash, harness } = data.data;
  const [theirs, ours] = [harness, options.harness].map(harnessText);
  if (theirs !== ours) throw refused(`the job is of p2plab ${theirs}, ${options.name} is ${ours}`);
  const dir = path.join(options.dir, `${id}-${randomBytes(3).toString('hex')}`);
  await mkdir(dir, { recursive: true });
  try {
    const file = path.join(dir, 'plan.json');
    await getBlob(store, planHash, file);
    const plan = JSON.parse(await readFile(file, 'utf8')) as Plan; // the job itself checks it
    for (const dependency of data.data.dependsOn) {
      const build = plan.builds.find((one) => one.id === dependency);
      if (!build || (await haveBuild(build, dir, stop, context))) continue;
      await mustStillCome(pool, build);
      return 'later';
    }
    await child(
      job,
      [...options.command, '--plan', file, '--job', id, '--out', path.join(dir, 'out')],
      stop,
      title,
    );
    const build = plan.builds.find((one) => one.id === id);
    if (build && plan.series && !(await isBuilt(build))) {
      await pool.redis.hsetnx(keys.artifacts, id, notBuilt);
      return { blob: notBuilt, worker: options.name };
    }
    const folder = build ? placeOf(build) : path.join(dir, 'out', id);
    const packed = path.join(dir, 'packed.tar.gz');
    await packFolder(folder, packed);
    const blob = await putBlob(store, packed);
    if (kind === 'build') await pool.redis.hsetnx(keys.artifacts, id, blob);
    return { blob, worker: options.name };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** In place of the artifact of a kernel that a patch of a series breaks. */
const notBuilt = 'not-built';

const placeOf = (build: Build): string => path.join(cacheDir(), buildFolder(build));

const isBuilt = async (build: Build): Promise<boolean> =>
  (await readArtifact(path.dirname(placeOf(build)), path.basename(placeOf(build)))) !== undefined;

/** From this machine's cache, else from the store. @returns false while nobody has built it */
async function haveBuild(
  build: Build,
  dir: string,
  stop: AbortSignal,
  { pool, store }: Context,
): Promise<boolean> {
  if (await isBuilt(build)) return true;
  const blob = await pool.redis.hget(keys.artifacts, build.id);
  if (blob === null) return false;
  if (blob === notBuilt) return true; // its jobs find out again why, and say so in their bundles
  const place = placeOf(build);
  const file = path.join(dir, `${build.id}.tar.gz`);
  await getBlob(store, blob, file);
  await unpackFolder(file, place, stop);
  return true;
}

/** @throws HarnessError(scenario) when all tries to build it have failed: who waits for it would wait for ever */
async function mustStillCome(pool: Pool, { id, kind, name, needs }: Build): Promise<void> {
  const queued = await pool.queue(queueOf(needs)).getJob(id);
  if (!queued || !(await queued.isFailed())) return;
  throw new HarnessError('scenario', `${kind} ${name} could not be built: ${queued.failedReason}`, {
    remedy: `build it by hand: p2plab ${kind} build ${name}`,
  });
}

/** The job, as a process that is gone when this one is. @throws HarnessError when it leaves no bundle */
async function child(job: PoolJob, argv: readonly string[], stop: AbortSignal, title: string): Promise<void> {
  const [program, ...args] = diesWithUs(argv);
  const running = execa(program!, args, {
    reject: false,
    stdin: 'ignore',
    cancelSignal: stop,
    forceKillAfterDelay: 20_000,
  });
  let last = '';
  createInterface({ input: running.stdout! }).on('line', (line) => {
    last = line;
    void job.updateProgress(line.slice(0, 200)).catch(() => {});
  });
  const { exitCode, stderr } = await running;
  // 1: the kernel failed, 4: skipped; both are results
  if (exitCode === 0 || exitCode === 1 || exitCode === 4) return;
  const why =
    String(stderr ?? '')
      .trim()
      .split('\n')[0] || last;
  throw new HarnessError(
    exitCode === 2 ? 'scenario' : 'host',
    `${title}: exit ${exitCode ?? 'by a signal'}: ${why}`,
    {
      remedy: 'run it by hand on that machine: p2plab run --plan … --job …',
    },
  );
}

const refused = (message: string) =>
  new HarnessError('scenario', message, { remedy: 'install the same p2plab on all machines of the pool' });

/** What jobs may take of this machine: all processors, and memory but for a share of the system's own. */
export const machineRoom = () => ({
  cpus: os.availableParallelism(),
  memoryMiB: Math.floor((os.totalmem() / 2 ** 20) * 0.9),
});
