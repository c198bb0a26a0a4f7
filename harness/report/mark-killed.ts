import path from 'node:path';
import { loadRun } from './load-run.js';
import { disownRun, wasKilled } from './run-owner.js';
import { writeWhole } from './write-whole.js';

/** Where a run was killed together with the process that would have marked it: run.json says so from now on. */
export async function markKilled(dir: string): Promise<void> {
  if (!(await wasKilled(dir))) return;
  const loaded = await loadRun(dir).catch(() => undefined); // it may not have begun
  if (loaded) await writeWhole(path.join(dir, 'run.json'), JSON.stringify(loaded.run, null, 2) + '\n');
  await disownRun(dir);
}
