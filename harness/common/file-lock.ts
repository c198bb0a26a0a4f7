import { execa } from 'execa';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { untilAborted } from './deadline.js';
import { HarnessError, Interrupted } from './errors.js';
import { Scope } from './scope.js';

/**
 * An exclusive lock between processes, held by a flock(1) child that reads our pipe: however we die, the pipe
 * closes, the child ends and the kernel drops the lock, so that no stale lock can exist. The signal ends only the
 * waiting: a lock that is held stays so until it is disposed of, that is, until interrupted work has really stopped.
 * @param onWait called once when somebody else holds it
 * @throws Interrupted when the signal fires first; HarnessError(host) when flock(1) cannot run
 */
export async function acquireLock(
  file: string,
  signal: AbortSignal,
  onWait: () => void = () => {},
): Promise<AsyncDisposable> {
  if (signal.aborted) throw new Interrupted();
  await mkdir(path.dirname(file), { recursive: true });
  await using taking = new Scope();
  const holder = execa('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    stdin: 'pipe',
    reject: false,
    detached: true, // Ctrl-C on the terminal must not release the lock before the work it guards has stopped
  });
  let held = false;
  taking.defer(`release ${file}`, async () => {
    holder.stdin.end();
    if (!held) holder.kill(); // it waits for the lock and does not read
    await holder;
  });
  const waiting = setTimeout(onWait, 300);
  try {
    const taken = new Promise<'held'>((resolve) => holder.stdout.once('data', () => resolve('held')));
    const first = await untilAborted(Promise.race([taken, holder]), signal);
    held = first === 'held';
    if (first === 'held') return taking.move();
    throw cannotLock(file, first.stderr || (first.originalMessage ?? 'flock ended'));
  } finally {
    clearTimeout(waiting);
  }
}

const cannotLock = (file: string, why: string) =>
  new HarnessError('host', `could not lock ${file}: ${why.trim()}`, {
    remedy: 'check that flock (util-linux) is installed and that the cache directory is writable',
  });
