import path from 'node:path';
import { ensureArtifact } from '../common/artifact-store.js';
import type { Progress } from '../common/progress.js';
import { buildImage } from './build-image.js';
import { hostSuite } from '../host/debian-source.js';
import { orFullDisk } from '../host/full-disk.js';
import { imageId } from './image-id.js';
import { imageStore, rootfsFile } from './image-store.js';
import type { Image, ImageManifest } from './image.js';
import { loadRecipe } from './load-recipe.js';

/**
 * The image of a YAML file, from the cache or built (some 15 seconds).
 * @param nameOrPath a name of images/*.yaml, or the path of such a file
 * @throws HarnessError(scenario) for a wrong YAML file, HarnessError(host) when a build tool fails; Interrupted
 */
export async function ensureImage(
  nameOrPath: string,
  options: { signal: AbortSignal; progress?: Progress },
): Promise<Image> {
  const [recipe, suite] = await Promise.all([loadRecipe(nameOrPath), hostSuite()]);
  const id = await imageId(recipe, suite);
  const { dir, manifest, cached } = await ensureArtifact<ImageManifest>({
    store: imageStore(),
    id,
    build: (dir) => orFullDisk(dir, () => buildImage(dir, { recipe, id, suite, ...options })),
    ...options,
  });
  const { packages, builtMs } = manifest;
  return { name: recipe.name, id, rootfs: path.join(dir, rootfsFile), packages, builtMs, cached };
}
