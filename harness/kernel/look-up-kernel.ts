import { readArtifact } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { ensureKernel, kernelOf, kernelStore } from './ensure-kernel.js';
import { findKernel } from './find-kernel.js';
import { isBuiltHere, readKernelRecipe } from './kernel-recipe.js';
import type { Kernel, KernelManifest } from './kernel.js';

/**
 * The kernel if nothing has to be built for it; undefined when it is not in the cache, or when that cannot be told
 * because the source package or the compiler is missing.
 * @throws HarnessError(scenario) when the name or the definition is in error
 */
export async function lookUpKernel(nameOrPath: string, signal: AbortSignal): Promise<Kernel | undefined> {
  const options = { extraPatches: [], signal };
  const found = await findKernel(nameOrPath);
  if (!isBuiltHere(found)) return ensureKernel(nameOrPath, options);
  try {
    const recipe = await readKernelRecipe(found, options);
    const artifact = await readArtifact<KernelManifest>(kernelStore(), recipe.id);
    return artifact && (await kernelOf(recipe, artifact, signal));
  } catch (error) {
    if (error instanceof HarnessError && error.blame === 'host') return undefined;
    throw error;
  }
}
