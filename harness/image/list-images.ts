import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { listArtifacts } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { hostSuite } from '../host/debian-source.js';
import { imageId } from './image-id.js';
import { imageStore, rootfsFile } from './image-store.js';
import type { ImageManifest } from './image.js';
import { imagesDir, loadRecipe } from './load-recipe.js';

/** One row of `p2plab image list`: a defined image, a built one, or both. */
export type ImageListing = {
  name: string;
  /** The YAML file, if this is a definition of p2plab's. */
  definition?: string;
  /** Content id; for a definition, the one it has now. */
  id?: string;
  /** What is wrong with the definition, when it has no id. */
  problem?: string;
  built?: { at: Date; bytes: number };
};

/** The defined images by name, then what else is in the cache, newest first. */
export async function listImages(): Promise<ImageListing[]> {
  const builds = await Promise.all(
    (await listArtifacts<ImageManifest>(imageStore())).map(async ({ id, dir, manifest }) => {
      const bytes = (await stat(path.join(dir, rootfsFile)).catch(() => undefined))?.size ?? 0;
      return { id, name: manifest.name, built: { at: new Date(manifest.builtAt), bytes } };
    }),
  );
  const suite = await hostSuite();
  const names = (await readdir(imagesDir)).filter((name) => name.endsWith('.yaml')).sort();
  const defined = await Promise.all(
    names.map(async (file): Promise<ImageListing> => {
      const [name, definition] = [path.basename(file, '.yaml'), path.join(imagesDir, file)];
      try {
        const id = await imageId(await loadRecipe(definition), suite);
        return { name, definition, id, built: builds.find((build) => build.id === id)?.built };
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        return { name, definition, problem: error.message };
      }
    }),
  );
  return [...defined, ...builds.filter(({ id }) => !defined.some((image) => image.id === id))];
}
