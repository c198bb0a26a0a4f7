import { execa } from 'execa';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError, Interrupted } from './errors.js';
import { Scope } from './scope.js';

/**
 * An exclusive lock between processes, held by a flock(1) child that reads our pipe: however we die, the pipe
 * closes, the child ends and the kernel drops the lock, so that no stale lock can exist.
 * @param onWait called once when somebody else holds it
 * @throws Interrupted when the signal fires first; HarnessError(host) when flock(1) cannot run
 */
export async function acquireLock(
  file: string,
  signal: AbortSignal,
  onWait: () => void = () => {},
): Promise<AsyncDisposable> {
  await mkdir(path.dirname(file), { recursive: true });
  await using taking = new Scope();
  const holder = execa('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    stdin: 'pipe',
    reject: false,
    cancelSignal: signal,
    detached: true, // Ctrl-C on the terminal must not release the lock before the work it guards has stopped
  });
  taking.defer(`release ${file}`, async () => {
    holder.stdin.end();
    await holder;
  });
  const waiting = setTimeout(onWait, 300);
  try {
    const first = await Promise.race([
      new Promise<'held'>((held) => holder.stdout.once('data', () => held('held'))),
      holder,
    ]);
    if (first === 'held') return taking.move();
    if (signal.aborted) throw new Interrupted();
    throw new HarnessError(
      'host',
      `could not lock ${file}: ${first.shortMessage ?? 'flock ended'} ${first.stderr}`,
      {
        remedy: 'check that flock (util-linux) is installed and that the cache directory is writable',
      },
    );
  } finally {
    clearTimeout(waiting);
  }
}
