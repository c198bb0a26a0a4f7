import type { Load } from './load.js';

/** Something to be run once. */
export type Job = Load & {
  /** How long it is expected to take. */
  seconds: number;
  /** A benchmark: nothing may run beside it. */
  alone: boolean;
  /** How many processors it is expected to keep busy, if that is known. */
  processors?: number;
};
export type RunningJob = Job & { startedAtSeconds: number };

/** How much may run at the same time. */
export type Room = {
  jobs: number;
  /** vCPUs. */
  cpus: number;
  /** Bytes. */
  memory: number;
  /** So many are to be busy: more than `jobs` may run, up to twice as many, when these leave some of them idle. */
  processors: number;
};

/** Benchmarks before all others, since then nothing has to come to its end for them; else the longest first. */
export const inOrderOfStart = <T extends Job>(jobs: readonly T[]): T[] =>
  [...jobs].sort((a, b) => Number(b.alone) - Number(a.alone) || b.seconds - a.seconds);

/**
 * Which job to start now: the first of `waiting`, when there is room for it. Else one behind it that is expected to
 * be over before there is (EASY backfilling: Lifka, The ANL/IBM SP scheduling system, 1995): so no job waits for ever,
 * however wrong the expected times are. What runs on an idle host need not fit: it cannot be made to by waiting.
 * @param waiting in the order in which they should start
 * @returns undefined when something that runs must end first
 */
export function nextToStart<T extends Job>(
  waiting: readonly T[],
  running: readonly RunningJob[],
  room: Room,
  nowSeconds: number,
): T | undefined {
  const [first, ...others] = waiting;
  if (first === undefined || fits(first, running, room)) return first;
  const until = expectedStart(first, running, room, nowSeconds);
  return others.find((job) => nowSeconds + job.seconds <= until && fits(job, running, room));
}

function fits(job: Job, running: readonly Job[], room: Room): boolean {
  if (running.length === 0) return true;
  if (job.alone || running.some(({ alone }) => alone)) return false;
  const all = [job, ...running];
  if (memoryOf(all) > room.memory) return false;
  const cpus = all.reduce((sum, each) => sum + each.cpus, 0);
  if (all.length <= room.jobs && cpus <= room.cpus) return true;
  const busy = all.reduce((sum, each) => sum + (each.processors ?? each.cpus), 0);
  return all.length <= mostAtOnce(room) && busy <= room.processors;
}

const mostAtOnce = ({ jobs }: Pick<Room, 'jobs'>): number => 2 * jobs;

/** How many jobs like these will run at the same time. */
export function jobsAtOnce(jobs: readonly Job[], room: Pick<Room, 'jobs' | 'processors'>): number {
  const seconds = jobs.reduce((sum, job) => sum + job.seconds, 0);
  const used = jobs.reduce((sum, job) => sum + job.seconds * (job.processors ?? Infinity), 0);
  const fit = Math.floor((room.processors * seconds) / used) || 0;
  return Math.min(Math.max(room.jobs, fit), mostAtOnce(room));
}

/** Expectations are of earlier runs: so that one that is wrong does no harm, any one of them may take all that it can. */
function memoryOf(jobs: readonly Job[]): number {
  const unexpected = jobs.map(({ memory, mostMemory }) => mostMemory - memory);
  return jobs.reduce((sum, { memory }) => sum + memory, 0) + Math.max(0, ...unexpected);
}

/** When enough of what runs will be over; what is late already is expected to end now. */
function expectedStart(job: Job, running: readonly RunningJob[], room: Room, nowSeconds: number): number {
  const byEnd = running
    .map((each) => ({ ...each, end: Math.max(nowSeconds, each.startedAtSeconds + each.seconds) }))
    .sort((a, b) => a.end - b.end);
  const ended = byEnd.findIndex((_, n) => fits(job, byEnd.slice(n + 1), room));
  return byEnd[ended]?.end ?? nowSeconds;
}
