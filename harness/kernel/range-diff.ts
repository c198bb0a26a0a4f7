import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DoesNotApply } from '../common/errors.js';
import { commitPatched } from './apply-series.js';
import { findKernel } from './find-kernel.js';
import { isBuiltHere, readKernelRecipe, type KernelOptions } from './kernel-recipe.js';
import { ensureSourceTree, lockSourceTree, type SourceTree } from './source-tree.js';
import { git } from './tree-git.js';

/**
 * Lets `git range-diff` match the patches of two versions of a series, both put on the same kernel; those from the
 * first on that does not apply are left out.
 * @param name a kernel definition; `extraPatches` belong to it
 * @param versions paths of the patches, the older version first
 * @returns its output, a line for each patch
 */
export async function rangeDiff(
  name: string,
  versions: readonly [readonly string[], readonly string[]],
  options: KernelOptions,
): Promise<string> {
  const { signal } = options;
  const found = await findKernel(name);
  if (!isBuiltHere(found)) return '';
  const recipe = await readKernelRecipe(found, options);
  await using _lock = await lockSourceTree(recipe.source.treeId, signal, options.progress);
  const tree = await ensureSourceTree(recipe.source, signal, options.progress);
  const below = [...recipe.series, recipe.extra].flatMap(({ patches }) => patches);
  const base = await commitPatched(tree, below, recipe.source.label, signal);
  const ranges = [];
  for (const files of versions)
    ranges.push(`${base}..${await lastThatApplies({ ...tree, base }, files, signal)}`);
  return git(tree.dir, ['range-diff', '--no-color', '--no-patch', ...ranges], { signal });
}

/** A commit for each patch, as far as they apply. */
async function lastThatApplies(
  { dir, base }: SourceTree,
  files: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  let last = base;
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const subject = /^Subject: (?:\[[^\]]*\] *)*(.+)/m.exec(text)?.[1] ?? path.basename(file);
    try {
      last = await commitPatched({ dir, base: last }, [{ file, text }], 'the base', signal, subject);
    } catch (error) {
      if (error instanceof DoesNotApply) return last;
      throw error;
    }
  }
  return last;
}
