import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Attempt, BisectLab } from '../bisect/try-commit.js';
import { tapFile } from '../report/file-reporters.js';
import { historyFile } from '../report/history.js';
import type { Reporter } from '../report/reporter.js';
import type { Result } from '../report/run-document.js';
import type { RunRequest } from '../run.js';
import { runInFolder } from '../run-in-folder.js';
import { scenarioTitle } from '../scenario/scenario.js';

export type BisectLabRequest = Omit<RunRequest, 'id' | 'dir' | 'kernel' | 'extraPatches' | 'until'> & {
  /** The kernel of a commit, as --kernel takes it. */
  kernelOf: (commit: string) => string;
  /** The folder for the runs on a commit. */
  folderOf: (commit: string) => string;
};

/** Kernels of commits in real VMs. */
export function mainBisectLab(
  { kernelOf, folderOf, ...request }: BisectLabRequest,
  { progress, tell }: { progress: Reporter; tell: (line: string) => void },
  signal: AbortSignal,
): BisectLab {
  return {
    tell,
    async attempt(commit, number) {
      const dir = path.join(folderOf(commit), `run-${number}`);
      await mkdir(dir, { recursive: true });
      const wanted = { ...request, id: path.basename(dir), dir, kernel: kernelOf(commit), extraPatches: [] };
      const until = ({ outcome }: Result) => outcome === 'fail';
      const told = { reporters: [tapFile(dir), historyFile(), progress], complain: tell };
      return attemptOf(await runInFolder({ ...wanted, until }, told, signal), dir);
    },
  };
}

/** The worst of all variants: one that fails makes the commit bad; one that was not told leaves it untold. */
export function attemptOf(results: readonly Result[], folder: string): Attempt {
  const outcome =
    (['fail', 'broken', 'skip'] as const).find((word) => results.some((result) => result.outcome === word)) ??
    'pass';
  const reasons = results
    .filter((result) => result.outcome === outcome)
    .flatMap(({ scenario, variant, reasons }) =>
      reasons.map((reason) =>
        results.length > 1 ? `${scenarioTitle(scenario, variant)}: ${reason}` : reason,
      ),
    );
  return { outcome, reasons, folder };
}
