import type { Job } from './plan-document.js';

/** Which part of the jobs: `index` from 1 to `count`. */
export type Shard = { index: number; count: number };

type Sized = Pick<Job, 'id' | 'expected'>;

/**
 * Shares out jobs longest first, each to the shard that has least so far (LPT: at most 4/3 - 1/(3n) of the best
 * possible; Graham 1969). It depends on nothing but the list: every machine that has the same plan gets the same shards.
 * @returns `count` lists, each in the order of `jobs`; every job is in exactly one
 */
export function shardsOf<J extends Sized>(jobs: readonly J[], count: number): J[][] {
  const longestFirst = [...jobs].sort(
    (a, b) => b.expected.seconds - a.expected.seconds || (a.id < b.id ? -1 : 1),
  );
  const seconds = new Array<number>(count).fill(0);
  const of = new Map<string, number>();
  for (const job of longestFirst) {
    const least = seconds.indexOf(Math.min(...seconds));
    seconds[least]! += job.expected.seconds;
    of.set(job.id, least);
  }
  return seconds.map((_, index) => jobs.filter(({ id }) => of.get(id) === index));
}
