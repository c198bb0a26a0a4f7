import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { readBuildId } from '../kernel/build-id.js';
import { kernelStore } from '../kernel/ensure-kernel.js';
import { readPatchedSource } from '../kernel/exact-diffs.js';
import { findKernel } from '../kernel/find-kernel.js';
import { readKernelRecipe } from '../kernel/kernel-recipe.js';
import type { RunDocument } from '../report/run-document.js';
import type { AppliedPatch } from './patch-coverage.js';

/** As run.json tells of it. */
export type RunKernel = RunDocument['kernels'][number];

/**
 * The vmlinux of a kernel that a run booted: in the cache, or in the user's build folder.
 * @throws HarnessError(scenario) when it is not there any more, or is another one by now
 */
export async function vmlinuxOf(kernel: RunKernel, signal: AbortSignal): Promise<string> {
  const { name, id, buildId } = kernel;
  const cached = path.join(kernelStore(), id, 'vmlinux');
  if (await isFile(cached)) return cached;
  const own = path.resolve(name, 'vmlinux');
  if (!(await isFile(own)))
    throw new HarnessError('scenario', `there is no vmlinux of ${name} (${id}): not ${cached}, not ${own}`, {
      remedy:
        'build the kernel again with p2plab kernel build, or run with a build folder, not with a bzImage',
    });
  if ((await readBuildId(own, signal)) === buildId) return own;
  throw new HarnessError('scenario', `${own} is not what the run booted: its build id is not ${buildId}`, {
    remedy: 'run the scenarios again with --coverage',
  });
}

/** The patches of a kernel that p2plab builds; `title` is for people. */
export type RunSource = {
  patches: AppliedPatch[];
  textOf: (file: string) => Promise<string | undefined>;
};

/**
 * What was applied to a kernel that a run booted, patch by patch, and the source that came out.
 * @throws HarnessError(scenario) when it cannot be told: p2plab did not build it, or its definition has changed since
 */
export async function sourceOf(kernel: RunKernel, signal: AbortSignal): Promise<RunSource> {
  const { name, id, series } = kernel;
  const found = await findKernel(name);
  if (found.kind !== 'definition')
    throw new HarnessError('scenario', `the patches of ${name} are not known: p2plab did not build it`, {
      remedy: 'name files with --file',
    });
  const extraPatches = series.flatMap((s) => (s.name === '--patch' ? s.patches : []));
  const recipe = await readKernelRecipe(found, { extraPatches, signal });
  if (recipe.id !== id)
    throw new HarnessError(
      'scenario',
      `the patches of ${name} have changed since the run: it had kernel ${id}, and now there would be ${recipe.id}`,
      { remedy: 'run the scenarios again with --coverage, or name files with --file' },
    );
  const { diffs, textOf } = await readPatchedSource(recipe, signal);
  const patches = diffs.map(({ series: of, file, diff }) => {
    return { series: of, name: path.basename(file, '.patch'), diff };
  });
  return { patches, textOf };
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
