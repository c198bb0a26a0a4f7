import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { listArtifacts } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { kernelStore } from './ensure-kernel.js';
import { definedKernels, definitionFile } from './find-kernel.js';
import type { KernelManifest } from './kernel.js';
import { readKernelRecipe } from './kernel-recipe.js';

/** One row of `p2plab kernel list`: a defined kernel, a built one, or both. */
export type KernelListing = {
  name: string;
  /** The YAML file, if this is a definition of p2plab's. */
  definition?: string;
  /** Content id of the build; for a definition, the one it has now. */
  id?: string;
  /** Why the definition has no id: its source is not installed, or it is in error. */
  problem?: string;
  built?: { release: string; at: Date; bytes: number; source: KernelManifest['source'] };
};

/** The defined kernels by name, then what else is in the cache (other patches, earlier sources), newest first. */
export async function listKernels(signal = new AbortController().signal): Promise<KernelListing[]> {
  const builds = await Promise.all(
    (await listArtifacts<KernelManifest>(kernelStore())).map(async ({ id, dir, manifest, builtAt }) => {
      const { name, release, source } = manifest;
      return { id, name, built: { release, at: builtAt, bytes: await folderBytes(dir), source } };
    }),
  );
  const defined: KernelListing[] = [];
  // one after the other: each asks dpkg and the compilers, and all listen to the one signal
  for (const name of await definedKernels()) {
    const definition = definitionFile(name);
    try {
      const { id } = await readKernelRecipe({ name, file: definition }, { extraPatches: [], signal });
      defined.push({ name, definition, id, built: builds.find((build) => build.id === id)?.built });
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      defined.push({ name, definition, problem: error.message });
    }
  }
  return [...defined, ...builds.filter(({ id }) => !defined.some((kernel) => kernel.id === id))];
}

async function folderBytes(dir: string): Promise<number> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
