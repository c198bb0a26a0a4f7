import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRunning, markProcess, type ProcessMark } from '../host/process-mark.js';
import { markWhenKilled } from './mark-when-killed.js';
import type { RunDocument } from './run-document.js';

const ownerFile = 'owner.json';

/**
 * Notes in a run folder that this process runs it. When it is killed, run.json will say so.
 * @returns what to call when the run has ended, and said so
 */
export async function ownRun(dir: string): Promise<() => Promise<void>> {
  await writeFile(path.join(dir, ownerFile), JSON.stringify(markProcess()) + '\n');
  const watch = markWhenKilled(dir, 'run.json', ownerFile);
  return async () => {
    await watch[Symbol.asyncDispose]();
    await disownRun(dir);
  };
}

/** Nobody runs it any more. */
export const disownRun = (dir: string): Promise<void> => rm(path.join(dir, ownerFile), { force: true });

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
