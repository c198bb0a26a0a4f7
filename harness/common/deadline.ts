import { setMaxListeners } from 'node:events';
import { HarnessError, Interrupted, type Blame } from './errors.js';

/** A limit on one phase. `ms` comes from the plan, already scaled to the accelerator. */
export type Deadline = { phase: string; ms: number; blame: Blame; remedy?: string; evidence?: string };

/**
 * Runs `work` under the run's signal and the deadline; the first to end wins, even if `work` ignores its signal.
 * That signal also fires when `work` has ended, for what it left running (the losers of a race).
 * @throws HarnessError with the deadline's blame when time runs out; Interrupted when the run was stopped
 */
export async function withDeadline<T>(
  deadline: Deadline,
  run: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (run.aborted) throw new Interrupted();
  const expired = new AbortController();
  const timer = setTimeout(() => expired.abort(), deadline.ms);
  const signal = AbortSignal.any([run, expired.signal]);
  setMaxListeners(0, signal); // p-retry 7 leaves one for each retry: they go with the signal
  try {
    return await untilAborted(work(signal), signal);
  } catch (cause) {
    if (run.aborted) throw new Interrupted();
    if (!expired.signal.aborted) throw cause;
    throw new HarnessError(deadline.blame, `${deadline.phase} took over ${deadline.ms} ms`, {
      remedy:
        deadline.remedy ??
        'look at the evidence for what it was doing; raise the limit if it was merely slow',
      evidence: deadline.evidence,
      cause,
    });
  } finally {
    clearTimeout(timer);
    expired.abort();
  }
}

/** The promise's end, or Interrupted as soon as the signal fires; leaves no listener behind. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {}); // when it loses, its own end must not become an unhandled rejection
  if (signal.aborted) throw new Interrupted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Waits, or throws Interrupted as soon as the signal fires. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await untilAborted(new Promise((done) => (timer = setTimeout(done, ms))), signal);
  } finally {
    clearTimeout(timer);
  }
}
