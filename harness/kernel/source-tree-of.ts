import path from 'node:path';
import { findKernel } from './find-kernel.js';
import { readKernelRecipe, type KernelOptions } from './kernel-recipe.js';
import { treeFolder } from './source-tree.js';

/** The work tree that a defined kernel is built in; another kernel's patches may be in it at any moment. */
export async function sourceTreeOf(name: string, options: KernelOptions): Promise<string | undefined> {
  const found = await findKernel(name);
  if (found.kind !== 'definition') return undefined;
  const { source } = await readKernelRecipe(found, options);
  return path.join(treeFolder(source.treeId), 'tree');
}
