import pRetry from 'p-retry';
import { Interrupted } from '../common/errors.js';
import { isSettled, type Try } from './tries.js';

export type RetryLimits = {
  /** How often at most what is not settled is tried again. */
  retries: number;
  /** After so long no further try is begun. */
  retryMs: number;
  signal: AbortSignal;
};

class Unsettled extends Error {}

/**
 * Tries all, then again those that are not settled; what is not settled in the end stays as it is.
 * @param attempt one try of each, in their order; undefined where there can be none now, and no more is asked for then
 * @throws what attempt throws; Interrupted
 */
export async function tryUntilSettled<T>(
  items: readonly T[],
  attempt: (items: readonly T[]) => Promise<readonly (Try | undefined)[]>,
  { retries, retryMs, signal }: RetryLimits,
): Promise<Map<T, Try[]>> {
  const tries = new Map<T, Try[]>(items.map((item) => [item, []]));
  const closed = new Set<T>();
  const open = () => items.filter((item) => !closed.has(item) && !isSettled(tries.get(item)!, retries));
  const once = async () => {
    const wanted = open();
    const told = await attempt(wanted);
    for (const [n, item] of wanted.entries()) {
      const one = told[n];
      if (one === undefined) closed.add(item);
      else tries.get(item)!.push(one);
    }
    if (open().length > 0) throw new Unsettled();
  };
  if (items.length === 0) return tries;
  const shouldRetry = ({ error }: { error: Error }) => error instanceof Unsettled;
  try {
    await pRetry(once, { retries, minTimeout: 0, maxRetryTime: retryMs, shouldRetry, signal });
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (!(error instanceof Unsettled)) throw error;
  }
  return tries;
}
