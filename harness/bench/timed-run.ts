import { execa } from 'execa';
import { HarnessError } from '../common/errors.js';
import { commandFile } from '../common/paths.js';
import { loadRun, type LoadedRun } from '../report/load-run.js';
import { watchProcesses, type Watched } from './watch-processes.js';

export type TimedRun = LoadedRun & { startedAtMs: number; wallMs: number; watched: Watched };

/**
 * `p2plab run` in a process of its own, as a user starts it.
 * @throws HarnessError when not all passed: what breaks off is no measure
 */
export async function timedRun(args: readonly string[], dir: string): Promise<TimedRun> {
  const startedAtMs = Date.now();
  const began = performance.now();
  const child = execa(process.execPath, [commandFile, 'run', ...args, '--out', dir], {
    reject: false,
    stdin: 'ignore',
  });
  const watching = watchProcesses(child.pid!, new AbortController().signal);
  const end = await child;
  const wallMs = performance.now() - began;
  if (end.exitCode !== 0)
    throw new HarnessError('harness', `p2plab run ${args.join(' ')} ended with ${end.exitCode}`, {
      remedy: 'make it pass first',
      evidence: dir,
    });
  return { ...(await loadRun(dir)), startedAtMs, wallMs, watched: await watching };
}
