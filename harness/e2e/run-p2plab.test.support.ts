import { execa, type Options } from 'execa';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { commandFile as main, packageRoot } from '../common/paths.js';
import { runDocumentSchema, type RunDocument } from '../report/run-document.js';

export { main };

/** Scenario files of the end-to-end tests. */
export const testScenario = (name: string): string =>
  path.join(packageRoot, 'harness/e2e/testdata', `${name}.yaml`);

/** A patch series of the end-to-end tests: a folder of patches, or a quilt series. */
export const testSeries = (name: string): string =>
  path.join(packageRoot, 'harness/e2e/testdata/series', name);

/** The command as a user runs it: a process of its own. The first test of a machine builds a kernel: minutes. */
export const p2plab = (args: string[], options: Pick<Options, 'cwd' | 'env' | 'uid' | 'gid'> = {}) =>
  execa(process.execPath, [main, ...args], { reject: false, stdin: 'ignore', ...options });

/** run.json, which must be valid whatever became of the run. */
export const readRun = (dir: string): RunDocument =>
  runDocumentSchema.parse(JSON.parse(readFileSync(path.join(dir, 'run.json'), 'utf8')));

/** Pids of QEMU processes whose working directory is in a run folder: nobody else's are touched or counted. */
export function qemusOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.startsWith('qemu-system') && readlinkSync(`/proc/${pid}/cwd`).startsWith(dir);
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

/** Polls until something holds; false when it does not within the time. */
export async function eventually(holds: () => boolean, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    if (holds()) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return holds();
}

/** All files below a folder, relative; none when it does not exist. */
export const filesBelow = (dir: string): string[] =>
  existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }) : [];
