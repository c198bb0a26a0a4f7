import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sourceOf } from '../coverage/kernel-of-run.js';
import { measurePatches } from '../coverage/measure-coverage.js';
import type { PatchCoverage } from '../coverage/patch-coverage.js';
import { readRunCoverage } from '../coverage/read-run-coverage.js';
import { addedWarnings } from '../kernel/compiler-warnings.js';
import { ensureKernel } from '../kernel/ensure-kernel.js';
import type { Kernel } from '../kernel/kernel.js';
import { lintKernel } from '../kernel/lint-kernel.js';
import { sourceTreeOf } from '../kernel/source-tree-of.js';
import type { Reporter } from '../report/reporter.js';
import { resultKeys } from '../result-keys.js';
import type { SeriesRequest } from './run-series.js';
import type { Scenario } from '../scenario/scenario.js';
import { checkpatch } from '../series/checkpatch.js';
import { touchedFiles } from '../series/touched-files.js';
import type { Try } from '../series/tries.js';
import { tryOnce } from './try-once.js';

/** What is known of a built kernel. */
export type LabKernel = Pick<Kernel, 'id' | 'bzImage' | 'guestModules'>;

/** What finding out about a series needs: kernels and VMs, or in tests something quicker. */
export type SeriesLab = {
  /** What checkpatch finds in patches; undefined when it cannot be run. */
  checkpatch(patches: readonly string[]): Promise<string[] | undefined>;
  /** The base kernel with these patches, built or looked up; `column` is for progress. */
  kernel(patches: readonly string[], column: string): Promise<LabKernel & { cached: boolean }>;
  /**
   * Warnings of W=1 that a kernel with the second patches has, and one with the first has not; undefined when they
   * cannot be asked for.
   */
  addedWarnings(before: readonly string[], after: readonly string[]): Promise<string[] | undefined>;
  /** The keys under which results on a kernel are on record. */
  keys(kernel: LabKernel): Promise<(scenario: Scenario) => Promise<string>>;
  /**
   * Each variant once in a fresh VM, on the kernel with these patches; the folder is relative to the series'. Undefined
   * for a run that took place nowhere.
   */
  tryOnce(
    variants: readonly Scenario[],
    patches: readonly string[],
    folder: string,
  ): Promise<readonly (Try | undefined)[]>;
  /**
   * Coverage of the last `count` patches of a kernel, by the runs in a folder that is relative to the series'; undefined
   * when there are none.
   */
  patchCoverage(folder: string, count: number): Promise<PatchCoverage[] | undefined>;
};

export function mainSeriesLab(request: SeriesRequest, reporter: Reporter, signal: AbortSignal): SeriesLab {
  const { kernel: name, series } = request;
  const files = touchedFiles(series.patches);
  const lint = (extraPatches: readonly string[]) => lintKernel(name, files, { extraPatches, signal });
  return {
    async checkpatch(patches) {
      const tree = await sourceTreeOf(name, { extraPatches: [], signal });
      const findings = tree === undefined ? undefined : await checkpatch(tree, patches, signal);
      return findings?.map(({ level, text }) => `${level}: ${text}`);
    },
    kernel(extraPatches, column) {
      const progress = (what: string, done?: number, total?: number) =>
        void reporter.on({ type: 'preparing', subject: column, what, done, total });
      return ensureKernel(name, { extraPatches, signal, progress });
    },
    async addedWarnings(before, after) {
      const added = addedWarnings(await lint(before), await lint(after));
      return added.map(({ file, text }) => `${file}: ${text}`);
    },
    keys: (kernel) => resultKeys(kernel, request, signal),
    tryOnce: (variants, patches, folder) =>
      tryOnce(variants, { ...request, patches, folder }, reporter, signal),
    async patchCoverage(folder, count) {
      const runs = await runFoldersIn(path.join(request.dir, folder));
      if (runs.length === 0) return undefined;
      const [recorded] = await readRunCoverage(runs); // all are of one kernel
      const { patches } = await sourceOf({ ...recorded!.kernel, name }, signal);
      return (await measurePatches(recorded!, patches, signal)).slice(-count);
    },
  };
}

async function runFoldersIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name.startsWith('run-')).map((name) => path.join(dir, name));
}
