import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readArtifact } from '../common/artifact-store.js';
import type { KernelFacts } from '../plan/host-facts.js';
import { ensureKernel, kernelStore } from './ensure-kernel.js';
import { findKernel } from './find-kernel.js';
import { configSymbols } from './kconfig-text.js';
import { readKernelRecipe } from './kernel-recipe.js';
import type { KernelManifest } from './kernel.js';

/** What a plan needs of a kernel that is built or given, undefined when it would have to be built first. */
export async function lookUpKernel(
  nameOrPath: string,
  signal: AbortSignal,
): Promise<KernelFacts | undefined> {
  const found = await findKernel(nameOrPath);
  if (found.kind !== 'definition') return ensureKernel(nameOrPath, { extraPatches: [], signal });
  const { id, name } = await readKernelRecipe(found.name, found.file, [], signal);
  const built = await readArtifact<KernelManifest>(kernelStore(), id);
  if (!built) return undefined;
  const symbols = configSymbols(await readFile(path.join(built.dir, '.config'), 'utf8'));
  return { name, bzImage: path.join(built.dir, 'bzImage'), symbols };
}
