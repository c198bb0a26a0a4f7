import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import type { BlobStore } from './blob-store.js';
import { jobProcesses } from './job-processes.js';
import { planCache } from './plan-of-job.js';
import {
  keys,
  roomOf,
  type JobData,
  type JobResult,
  type Pool,
  type PoolJob,
  type Room,
} from './pool-queue.js';
import { runJob } from './run-queued-job.js';
import type { WorkerOptions } from './worker-context.js';

/** `room`: none any more when its process has ended, and its result is on its way. */
type Running = { job: PoolJob; room?: Room; work: Promise<void> };

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
  await using processes = jobProcesses(options.command);
  const context = { pool, store, processes, options, signal, planOf: planCache(store, options.dir) };
  let wake = () => {};
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
    const rooms = [...running].flatMap(({ room }) => room ?? []);
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
  const fits = (room: Room): boolean => {
    const { alone, any, ...left } = free();
    if (alone || (room.exclusive && running.size > 0) || (room.kvm && !options.kvm)) return false;
    return room.memoryMiB <= left.memoryMiB && (!any || room.cpus <= left.cpus);
  };
  signal.addEventListener('abort', () => wake());
  let idle = 0;
  while (!signal.aborted && !(drain && idle > 3)) {
    let took = false;
    const woken = new Promise<void>((done) => (wake = done));
    for (const name of (await pool.redis.smembers(keys.queues)).sort().reverse()) {
      const room = roomOf(name);
      if (!room || !fits(room)) continue;
      const token = `${options.name}-${randomBytes(8).toString('hex')}`; // the fence: of this taking alone
      const job = (await (await takerOf(name)).getNextJob(token, { block: false })) as PoolJob | undefined;
      if (!job) continue;
      took = true;
      // its worker died under it: by itself or by what ran beside it, which is told apart by running it alone
      const isSuspect = job.stalledCounter > 0;
      const before = isSuspect ? [...running].map((other) => other.work) : [];
      const entry: Running = {
        job,
        room: isSuspect ? { ...room, exclusive: true } : room,
        work: Promise.resolve(),
      };
      running.add(entry);
      const freed = () => {
        entry.room = undefined;
        wake();
      };
      entry.work = runJob(job, token, before, freed, context).finally(() => {
        running.delete(entry);
        wake();
      });
    }
    const busy = took || running.size > 0 || (drain && (await leftIn(pool)) > 0);
    idle = busy ? 0 : idle + 1;
    if (took) continue;
    const { alone, cpus: left } = free();
    // what there may be to take is for a machine with room only
    await (alone || left < 1 ? woken : Promise.race([sleep(pollMs), woken]));
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

/** What jobs may take of this machine: all processors, and memory but for a share of the system's own. */
export const machineRoom = () => ({
  cpus: os.availableParallelism(),
  memoryMiB: Math.floor((os.totalmem() / 2 ** 20) * 0.9),
});
