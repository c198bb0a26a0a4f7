import { findKernel } from './find-kernel.js';
import { isBuiltHere, readKernelRecipe, type KernelOptions } from './kernel-recipe.js';
import { ensureSourceTree, lockSourceTree } from './source-tree.js';

/**
 * The work tree that a defined kernel is built in, unpacked if it is not yet; another kernel's patches may be in it at
 * any moment. Undefined for a kernel that was built elsewhere.
 */
export async function sourceTreeOf(name: string, options: KernelOptions): Promise<string | undefined> {
  const found = await findKernel(name);
  if (!isBuiltHere(found)) return undefined;
  const { source } = await readKernelRecipe(found, options);
  await using _lock = await lockSourceTree(source.treeId, options.signal, options.progress);
  return (await ensureSourceTree(source, options.signal, options.progress)).dir;
}
