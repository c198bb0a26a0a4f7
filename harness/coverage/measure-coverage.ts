import { closest } from 'fastest-levenshtein';
import { HarnessError } from '../common/errors.js';
import { ExecutedCode } from './executed-code.js';
import { vmlinuxOf } from './kernel-of-run.js';
import { lineCoverage, type FileCoverage } from './line-coverage.js';
import { patchCoverage, touchedFiles, type AppliedPatch, type PatchCoverage } from './patch-coverage.js';
import type { RecordedKernel } from './read-run-coverage.js';
import { landmark, readSourceLines } from './read-lines.js';

/**
 * Coverage of the files for which `wanted` holds.
 * @throws HarnessError(scenario) when there is no line table; (harness) when what was recorded is not of this kernel
 */
export async function measureCoverage(
  { kernel, executed }: RecordedKernel,
  wanted: (file: string) => boolean,
  signal: AbortSignal,
): Promise<FileCoverage[]> {
  const vmlinux = await vmlinuxOf(kernel, signal);
  const { rows, chains } = await readSourceLines(vmlinux, wanted, signal);
  const code = new ExecutedCode(executed.blocks);
  const files = lineCoverage(rows, chains, code, (f) => f === landmark || wanted(f));
  const start = files.find(({ file }) => file === landmark)?.lines.values() ?? [];
  if (![...start].some((line) => line.function === 'start_kernel' && line.runs > 0))
    throw new HarnessError('harness', `what was recorded is not of ${vmlinux}: start_kernel never ran`, {
      remedy: 'run the scenarios again with --coverage; if it stays, report this as a bug of p2plab',
    });
  return files.filter(({ file }) => wanted(file));
}

/**
 * Coverage of the lines that each patch of a kernel adds.
 * @param patches all that the kernel has, as sourceOf() gives them
 */
export async function measurePatches(
  recorded: RecordedKernel,
  patches: readonly AppliedPatch[],
  signal: AbortSignal,
): Promise<PatchCoverage[]> {
  const touched = touchedFiles(patches);
  return patchCoverage(patches, await measureCoverage(recorded, (file) => touched.has(file), signal));
}

/**
 * Coverage of files and folders that are named from the top of the kernel's source.
 * @throws HarnessError(scenario) when one of them has no code in this kernel
 */
export async function measureFiles(
  recorded: RecordedKernel,
  names: readonly string[],
  signal: AbortSignal,
): Promise<FileCoverage[]> {
  const isOf = (name: string) => (file: string) =>
    file === name || file.startsWith(name.endsWith('/') ? name : `${name}/`);
  const files = await measureCoverage(recorded, (file) => names.some((name) => isOf(name)(file)), signal);
  for (const name of names) {
    if (files.some(({ file }) => isOf(name)(file))) continue;
    const all = await measureCoverage(recorded, (file) => file.endsWith('.c'), signal);
    const near = closest(
      name,
      all.map(({ file }) => file),
    );
    throw new HarnessError('scenario', `${recorded.kernel.name} has no code of ${name}, nearest is ${near}`, {
      remedy: 'name a file or folder from the top of the kernel source, like drivers/pci/p2pdma.c',
    });
  }
  return files;
}
