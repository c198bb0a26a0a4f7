import type { Load } from './load.js';

/** Something to be run once. */
export type Job = Load & {
  /** How long it is expected to take. */
  seconds: number;
  /** A benchmark: nothing may run beside it. */
  alone: boolean;
};
export type RunningJob = Job & { startedAtSeconds: number };

/** How much may run at the same time. */
export type Room = { jobs: number; cpus: number; memory: number };

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
  const cpus = all.reduce((sum, each) => sum + each.cpus, 0);
  return all.length <= room.jobs && cpus <= room.cpus && memoryOf(all) <= room.memory;
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
