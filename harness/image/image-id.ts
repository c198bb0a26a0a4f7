import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import type { Recipe } from './image.js';
import { overlayFiles } from './overlay-files.js';

/** To be raised whenever the same recipe would be built into something else. */
const recipeVersion = '1';

/**
 * What identifies an image: all that its author wrote. Package versions are not in it, because Debian moves them under
 * an unchanged recipe; the manifest has them.
 */
export async function imageId(recipe: Recipe, suite: string): Promise<string> {
  const parts: (string | Buffer)[] = [recipeVersion, suite, process.arch, recipe.packages.join(' ')];
  for (const entry of recipe.overlay) {
    for (const file of await overlayFiles(entry))
      parts.push(file.to, String(file.mode), 'link' in file ? file.link : file.content);
  }
  for (const program of recipe.programs) parts.push(...(await sourceParts(program)));
  return contentId(parts);
}

/** A C file, and the headers beside it that it includes by `#include "name"`, and so on. */
async function sourceParts(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = await readFile(file, 'utf8');
  const parts = [path.basename(file), text];
  for (const [, header] of text.matchAll(/^#include "([^"]+)"/gm))
    parts.push(...(await sourceParts(path.resolve(path.dirname(file), header!), seen)));
  return parts;
}
