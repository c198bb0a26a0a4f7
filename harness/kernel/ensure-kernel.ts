import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureArtifact, listArtifacts, type Artifact } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { noProgress } from '../common/progress.js';
import { orFullDisk } from '../host/full-disk.js';
import { buildKernel } from './build-kernel.js';
import { findKernel } from './find-kernel.js';
import { ensureGuestModules } from './guest-modules.js';
import { configSymbols } from './kconfig-text.js';
import type { Kernel, KernelManifest } from './kernel.js';
import { isBuiltHere, readKernelRecipe, type KernelOptions, type KernelRecipe } from './kernel-recipe.js';
import { bzImageKernel, buildDirectoryKernel } from './prebuilt-kernel.js';

/** The kernel of whoever asks for none. */
export const defaultKernel = 'p2pmem-6.12';

/** CACHE/kernels: one folder per built kernel, by content id. */
export const kernelStore = (): string => path.join(cacheDir(), 'kernels');

/**
 * The kernel of that name or path: looked up in the cache, built if it is not there (about 8 minutes on two cores
 * from scratch), or taken as it is if the user gives a finished one.
 * @param nameOrPath a name of kernels/*.yaml, or the path of such a file, of a source tree, of a bzImage or of a build directory
 * @throws HarnessError; Interrupted when the signal fires, after all compilers have ended
 */
export async function ensureKernel(nameOrPath: string, options: KernelOptions): Promise<Kernel> {
  const { extraPatches, signal } = options;
  const found = await findKernel(nameOrPath);
  if (isBuiltHere(found)) return builtKernel(await readKernelRecipe(found, options), options);
  if (extraPatches.length > 0)
    throw new HarnessError('scenario', `--patch cannot change ${nameOrPath}: it is built already`, {
      remedy: 'patch and build it yourself, or name a kernel that p2plab builds',
    });
  if (found.kind === 'bzImage') return bzImageKernel(nameOrPath, found.file);
  return buildDirectoryKernel(nameOrPath, found.dir, signal);
}

async function builtKernel(recipe: KernelRecipe, options: KernelOptions): Promise<Kernel> {
  const { signal, progress = noProgress } = options;
  const artifact = await ensureArtifact<KernelManifest>({
    store: kernelStore(),
    id: recipe.id,
    signal,
    progress,
    build: async (into) => {
      const told = { signal, progress, objectsExpected: await objectsExpected(recipe) };
      return orFullDisk(into, () => buildKernel(recipe, into, told));
    },
  });
  return kernelOf(recipe, artifact, signal);
}

/** A built kernel, as the recipe that it was looked up by calls it. */
export async function kernelOf(
  recipe: Pick<KernelRecipe, 'name' | 'id' | 'origin' | 'applied'>,
  artifact: Artifact<KernelManifest>,
  signal: AbortSignal,
): Promise<Kernel> {
  const { dir, manifest, cached } = artifact;
  const config = path.join(dir, '.config');
  const modules = manifest.hasModules ? path.join(dir, 'modules') : undefined;
  return {
    name: recipe.name,
    id: recipe.id,
    bzImage: path.join(dir, 'bzImage'),
    vmlinux: path.join(dir, 'vmlinux'),
    config,
    release: manifest.release,
    buildId: manifest.buildId,
    source: recipe.origin,
    series: recipe.applied,
    symbols: configSymbols(await readFile(config, 'utf8')),
    modules,
    guestModules: await ensureGuestModules(modules === undefined ? [] : await moduleFiles(modules), signal),
    scripts: path.join(dir, 'scripts'),
    built: manifest.built,
    cached,
  };
}

/** The link to the folder that they were built in is not followed. */
async function moduleFiles(modules: string): Promise<string[]> {
  const entries = await readdir(modules, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ko'))
    .map(({ parentPath, name }) => path.join(parentPath, name));
}

/** As many as the newest build from scratch had, preferably of the same fragments. */
async function objectsExpected({ objectsOf }: KernelRecipe): Promise<number | undefined> {
  const earlier = await listArtifacts<KernelManifest>(kernelStore());
  const whole = earlier.map(({ manifest }) => manifest).filter((manifest) => manifest.fromScratch);
  return (whole.find((manifest) => manifest.objectsOf === objectsOf) ?? whole[0])?.built.objects;
}
