import path from 'node:path';
import { readArtifact } from '../common/artifact-store.js';
import { hostSuite } from '../host/debian-source.js';
import { imageId } from './image-id.js';
import { imageStore, rootfsFile } from './image-store.js';
import { loadRecipe } from './load-recipe.js';

/** Path of the root file system that ensureImage would use, undefined while it is not built. It builds nothing. */
export async function lookUpImage(nameOrPath: string): Promise<string | undefined> {
  const recipe = await loadRecipe(nameOrPath);
  const found = await readArtifact(imageStore(), await imageId(recipe, await hostSuite()));
  return found && path.join(found.dir, rootfsFile);
}
