import pLimit from 'p-limit';

export type MapUntilOptions<R> = {
  /** So many at the same time. */
  jobs: number;
  /** Enough with the first result that this is true of: nothing starts any more, and what runs is cut off. */
  until?: (result: R) => boolean;
  signal: AbortSignal;
};

/**
 * Does the work on each item, begun in their order.
 * @param work its signal fires when the run is stopped, or when there is enough
 * @returns the results of what was not cut off, in the order of the items
 * @throws what work throws, unless it was cut off
 */
export async function mapUntil<T, R>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<R>,
  { jobs, until, signal }: MapUntilOptions<R>,
): Promise<R[]> {
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);
  const results = await pLimit(jobs).map(items, async (item) => {
    if (enough.signal.aborted) return [];
    try {
      const result = await work(item, stop);
      if (until?.(result)) enough.abort();
      return [result];
    } catch (error) {
      if (enough.signal.aborted && !signal.aborted) return [];
      throw error;
    }
  });
  return results.flat();
}
