import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stateDir } from './common/paths.js';
import { isRunning, markProcess, type ProcessMark } from './host/process-mark.js';
import { vmFiles } from './plan/qemu-argv.js';
import { gdbSocket } from './plan/with-gdb.js';
import { markKilled } from './report/mark-killed.js';
import { listKeptVms } from './vm/kept-vms.js';

/** A run that goes on; a file of the state folder. */
type RunningRun = ProcessMark & { dir: string };

const runningDir = () => path.join(stateDir(), 'running');

/**
 * Notes a run, so that a later one finds what it leaves if it is killed. Where no state can be written, nothing is noted.
 * @returns forgets it
 */
export async function rememberRun(dir: string): Promise<() => Promise<void>> {
  const file = path.join(runningDir(), `${randomBytes(6).toString('hex')}.json`);
  const run: RunningRun = { ...markProcess(), dir: path.resolve(dir) };
  await mkdir(runningDir(), { recursive: true })
    .then(() => writeFile(file, JSON.stringify(run) + '\n'))
    .catch(() => {});
  return () => forgetNote(file);
}

const forgetNote = (file: string) => rm(file, { force: true }).catch(() => {});

/**
 * Removes what runs that were killed could not remove themselves: keys, disks and BARs of their VMs, which died with
 * them; run.json says that it was interrupted. Logs and results stay. VMs that were kept keep theirs.
 */
export async function sweepKilledRuns(): Promise<void> {
  const kept = new Set((await listKeptVms()).map(({ dir }) => dir));
  for (const name of await readdir(runningDir()).catch(() => [])) {
    const file = path.join(runningDir(), name);
    const run = await readRunning(file);
    if (run && isRunning(run) !== false) continue;
    if (run) {
      await sweep(run.dir, kept);
      await markKilled(run.dir).catch(() => {}); // on a full disk: then readers still can tell
    }
    await forgetNote(file);
  }
}

/** Undefined of a note that was cut off: it was written before anything was started. */
async function readRunning(file: string): Promise<RunningRun | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunningRun;
  } catch {
    return undefined;
  }
}

async function sweep(dir: string, kept: ReadonlySet<string>): Promise<void> {
  const results = path.join(dir, 'results');
  for (const result of await foldersIn(results))
    for (const machine of await foldersIn(result))
      if (!kept.has(machine)) for (const file of await scratchIn(machine)) await rm(file, { force: true });
}

/** Folders and not links to some: what lies in a run folder may come from a guest. */
async function foldersIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(dir, entry.name));
}

async function scratchIn(machine: string): Promise<string[]> {
  const names = await readdir(machine).catch(() => []);
  return names.filter(isScratch).map((name) => path.join(machine, name));
}

const { hostKey, authorizedKeys, qmpSocket, executedBlocks } = vmFiles;
const fixedNames: readonly string[] = [hostKey, authorizedKeys, qmpSocket, gdbSocket, executedBlocks];
const isScratch = (name: string) =>
  fixedNames.includes(name) || [vmFiles.disk(''), vmFiles.bar('')].some((suffix) => name.endsWith(suffix));
