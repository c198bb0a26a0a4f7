import { readArtifact } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import type { Progress } from '../common/progress.js';
import { ensureImage } from '../image/ensure-image.js';
import type { Image, ImageManifest } from '../image/image.js';
import { imageStore, rootfsFile } from '../image/image-store.js';
import { ensureKernel, kernelOf, kernelStore } from '../kernel/ensure-kernel.js';
import type { Kernel, KernelManifest, KernelOrigin } from '../kernel/kernel.js';
import type { KernelRecipe } from '../kernel/kernel-recipe.js';
import path from 'node:path';
import type { Build } from './plan-document.js';

export type PlannedOptions = {
  /** Files of the plan's patches. */
  patches: readonly string[];
  signal: AbortSignal;
  progress?: Progress;
};

/** The id in the artifact store: a build's without its kind. */
export const artifactIdOf = ({ id }: Pick<Build, 'id'>): string => id.slice(id.indexOf('-') + 1);

/**
 * The kernel of a plan: from the cache by its id, whoever built it, else built here.
 * @throws HarnessError(host) when what would be built here is another kernel than the plan's
 */
export async function plannedKernel(build: Build, options: PlannedOptions): Promise<Kernel> {
  const id = artifactIdOf(build);
  const artifact = await readArtifact<KernelManifest>(kernelStore(), id);
  const { source, series } = build.provenance ?? { source: null, series: [] };
  if (artifact) {
    const origin = (source ?? artifact.manifest.source) as KernelOrigin;
    const as: Pick<KernelRecipe, 'name' | 'id' | 'origin' | 'applied'> = {
      ...{ name: build.name, id, origin, applied: series },
    };
    return kernelOf(as, artifact, options.signal);
  }
  const { patches, signal, progress } = options;
  const kernel = await ensureKernel(build.name, { extraPatches: patches, signal, progress });
  if (kernel.id !== id) throw another('kernel', build, kernel.id);
  return { ...kernel, series };
}

/** The image of a plan: from the cache by its id, else built here. @throws HarnessError(host) as plannedKernel does */
export async function plannedImage(build: Build, { signal, progress }: PlannedOptions): Promise<Image> {
  const id = artifactIdOf(build);
  const artifact = await readArtifact<ImageManifest>(imageStore(), id);
  if (artifact) {
    const { name, packages, builtMs } = artifact.manifest;
    return { name, id, rootfs: path.join(artifact.dir, rootfsFile), packages, builtMs, cached: true };
  }
  const image = await ensureImage(build.name, { signal, progress });
  if (image.id !== id) throw another('image', build, image.id);
  return image;
}

const another = (what: string, build: Build, id: string) =>
  new HarnessError('host', `the plan wants ${what} ${build.name} ${artifactIdOf(build)}, here it is ${id}`, {
    remedy: `bring the plan's ${what} into the cache (${what}s/${artifactIdOf(build)}), or use the same sources, compiler and Debian as the machine that made the plan`,
  });
