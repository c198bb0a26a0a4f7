import { Interrupted } from '../common/errors.js';
import { acquireLock } from '../common/file-lock.js';

/**
 * Like acquireLock, but the signal only ends the waiting: a lock that is held stays held until it is disposed of,
 * that is, until the interrupted work has really stopped.
 */
export async function lockUntilDone(
  file: string,
  signal: AbortSignal,
  onWait?: () => void,
): Promise<AsyncDisposable> {
  if (signal.aborted) throw new Interrupted();
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await acquireLock(file, waiting.signal, onWait);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
