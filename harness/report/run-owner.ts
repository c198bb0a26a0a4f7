import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRunning, markProcess, type ProcessMark } from '../host/process-mark.js';
import type { RunDocument } from './run-document.js';

const ownerFile = 'owner.json';

/**
 * Notes in a run folder that this process runs it. When it is killed, run.json will say so.
 * @returns what to call when the run has ended, and said so
 */
export async function ownRun(dir: string): Promise<() => Promise<void>> {
  await writeFile(path.join(dir, ownerFile), JSON.stringify(markProcess()) + '\n');
  const stopWatching = watchUs(dir);
  return async () => {
    await stopWatching();
    await disownRun(dir);
  };
}

/** Nobody runs it any more. */
export const disownRun = (dir: string): Promise<void> => rm(path.join(dir, ownerFile), { force: true });

/** Its input ends when the process at the other end does, however that is. By the layout that JSON.stringify() gives run.json. */
const markWhenKilled = `
while read -r _; do :; done
now=$(date --utc +%FT%T.%3NZ)
grep -q '^  "state": "running"' run.json || exit 0
sed -e 's/^  "state": "running"/  "state": "interrupted"/' -e "s/^  \\"endedAt\\": null/  \\"endedAt\\": \\"$now\\"/" run.json >run.json.new &&
  mv run.json.new run.json && rm -f ${ownerFile}
`;

/** A process that outlives this one by a moment, and marks run.json; without it readers of the folder still can tell. */
function watchUs(dir: string): () => Promise<void> {
  const watcher = spawn('sh', ['-c', markWhenKilled, 'p2plab-watch'], {
    cwd: dir,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // what ends our group does not end it
  });
  const ended = once(watcher, 'exit').catch(() => {});
  watcher.unref();
  (watcher.stdin as typeof watcher.stdin & { unref?: () => void }).unref?.();
  watcher.stdin.on('error', () => {});
  return async () => {
    watcher.ref();
    watcher.kill('SIGKILL');
    await ended;
  };
}

/** Whether the process that ran it was killed; false as well where that cannot be told. */
export async function wasKilled(dir: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(path.join(dir, ownerFile), 'utf8')) as ProcessMark;
    return isRunning(owner) === false;
  } catch {
    return false; // it has ended by itself, or is of an older version
  }
}

/** A run that goes on for ever, because its process was killed, was interrupted when the last was heard of it. */
export async function orInterrupted<R extends Pick<RunDocument, 'state' | 'endedAt'>>(
  dir: string,
  run: R,
  lastHeardOf: string | undefined,
): Promise<R> {
  if (run.state !== 'running' || !(await wasKilled(dir))) return run;
  return { ...run, state: 'interrupted', endedAt: lastHeardOf ?? run.endedAt };
}
