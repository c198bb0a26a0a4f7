import type { Job as QueuedJob, Queue, QueueEvents } from 'bullmq';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';
import { planSchema, type Needs } from '../jobs/plan-document.js';
import { placeOf, reachRedis } from './reach-redis.js';

/** What Redis has of a job: small, and nothing that a scenario or patch says. */
export const jobDataSchema = z.strictObject({
  schema: z.literal('p2plab.pool/1'),
  kind: z.enum(['build', 'run']),
  id: z.string(),
  title: z.string(),
  plan: z.string().describe('hash of the plan in the store'),
  harness: planSchema.shape.harness,
  needs: planSchema.shape.jobs.element.shape.needs,
  dependsOn: z.array(z.string()),
});
export type JobData = z.infer<typeof jobDataSchema>;

/** What is accepted of a job, once: the worker whose lock it was tells it. */
export type JobResult = { blob: string; worker: string };

export type PoolJob = QueuedJob<JobData, JobResult, string>;
export type PoolQueue = Queue<JobData, JobResult, string>;

/**
 * Jobs of the same size are in one queue, so that a worker takes only from those that it has room for; those that want
 * KVM are in others, since only some machines have it. QEMU has TCG everywhere.
 */
export const queueOf = ({ cpus, memoryMiB, exclusive, accelerator }: Needs): string =>
  [
    'p2plab',
    exclusive && 'alone',
    `${cpus}c`,
    `${Math.ceil(memoryMiB / 1024)}g`,
    accelerator === 'kvm' && 'kvm',
  ]
    .filter(Boolean)
    .join('-');

export type Room = { cpus: number; memoryMiB: number; exclusive: boolean; kvm: boolean };

/** What a job of a queue needs at most. */
export function roomOf(queue: string): Room | undefined {
  const [, alone, cpus, gib, kvm] = /^p2plab-(alone-)?(\d+)c-(\d+)g(-kvm)?$/.exec(queue) ?? [];
  if (cpus === undefined) return undefined;
  return { cpus: +cpus, memoryMiB: +gib! * 1024, exclusive: alone !== undefined, kvm: kvm !== undefined };
}

/** Names in Redis beside BullMQ's. */
export const keys = { queues: 'p2plab:queues', artifacts: 'p2plab:artifacts', dropped: 'p2plab:dropped' };

/**
 * redis://, rediss:// for TLS, with user and password.
 * @param told when Redis goes away later, which is waited out, and when it is back
 * @throws HarnessError when bullmq is not installed, and as reachRedis() when there is no Redis to work with
 */
export async function connect(url: string, told: (line: string) => void = () => {}) {
  const place = placeOf(url);
  const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]).catch(
    (cause: unknown) => {
      throw new HarnessError(
        'host',
        'a pool needs the packages bullmq and ioredis, which are not installed',
        {
          remedy: 'npm install bullmq ioredis@5',
          cause,
        },
      );
    },
  );
  // null: commands wait as long as Redis is away
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: (n) => Math.min(n * 100, 2000) });
  redis.on('error', () => {}); // it goes on trying
  try {
    await reachRedis(redis, place);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  let isThere = true;
  redis.on('close', () => {
    if (isThere) told(`${place} is away: waiting for it`);
    isThere = false;
  });
  redis.on('ready', () => {
    if (!isThere) told(`${place} is back`);
    isThere = true;
  });
  const queues = new Map<string, PoolQueue>();
  const queue = (name: string): PoolQueue => {
    const known = queues.get(name);
    if (known) return known;
    const opened: PoolQueue = new bullmq.Queue<JobData, JobResult, string>(name, { connection: redis });
    opened.on('error', () => {});
    queues.set(name, opened);
    return opened;
  };
  const listening: { events: QueueEvents; own: typeof redis }[] = [];
  return {
    bullmq,
    redis,
    queue,
    /** What happens to the jobs of a queue from now on; some may go untold while Redis is away. */
    async events(name: string): Promise<QueueEvents> {
      const [seconds, microseconds] = await redis.time(); // ids of events are by its clock
      const lastEventId = `${Number(seconds) * 1e3 + Math.floor(Number(microseconds) / 1e3)}-0`;
      const own = redis.duplicate(); // its reading blocks
      own.on('error', () => {});
      const events = new bullmq.QueueEvents(name, { connection: own, lastEventId });
      events.on('error', () => {});
      listening.push({ events, own });
      return events;
    },
    async [Symbol.asyncDispose]() {
      isThere = false; // what closes now is meant to
      for (const { own } of listening) own.disconnect();
      const all = [...queues.values(), ...listening.map(({ events }) => events)];
      await Promise.all(all.map((one) => one.close().catch(() => {})));
      redis.disconnect();
    },
  };
}
export type Pool = Awaited<ReturnType<typeof connect>>;
