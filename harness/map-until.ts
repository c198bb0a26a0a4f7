export type MapUntilOptions<T, R> = {
  /** Which of `waiting` to begin; none while something must end first. Asked again after each begin and each end. */
  next: (waiting: readonly T[], running: readonly T[]) => T | undefined;
  /** Enough with the first result that this is true of: nothing starts any more, and what runs is cut off. */
  until?: (result: R) => boolean;
  signal: AbortSignal;
};

/**
 * Does the work on each item once, begun in the order that `next` says.
 * @param work its signal fires when the run is stopped, when there is enough, or when work on another item threw
 * @returns the results of what was not cut off, in the order of the items
 * @throws what work throws, unless it was cut off; when no work goes on any more
 */
export async function mapUntil<T extends object, R>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<R>,
  { next, until, signal }: MapUntilOptions<T, R>,
): Promise<R[]> {
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);
  const results = new Map<T, R>();
  const waiting = new Set(items);
  const running = new Map<T, Promise<void>>();
  let failed: { error: unknown } | undefined;
  const begin = async (item: T) => {
    try {
      const result = await work(item, stop);
      results.set(item, result);
      if (until?.(result)) enough.abort();
    } catch (error) {
      if (!enough.signal.aborted || signal.aborted) failed ??= { error };
      enough.abort();
    }
    running.delete(item);
  };
  for (;;) {
    while (waiting.size > 0 && !enough.signal.aborted) {
      const item =
        next([...waiting], [...running.keys()]) ?? (running.size === 0 ? first(waiting) : undefined);
      if (item === undefined) break;
      waiting.delete(item);
      running.set(item, begin(item));
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failed) throw failed.error;
  return items.flatMap((item) => (results.has(item) ? [results.get(item)!] : []));
}

const first = <T>(items: Iterable<T>): T | undefined => [...items][0];
