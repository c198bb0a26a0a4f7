import { readdir, readFile } from 'node:fs/promises';
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
  for (const sources of [recipe.programs, recipe.libraries]) {
    parts.push(`${sources.length} sources`);
    const files = [...sources, ...(await headersBeside(sources))];
    const texts = await Promise.all(files.map((file) => readFile(file)));
    parts.push(...files.flatMap((file, n) => [path.basename(file), texts[n]!]));
  }
  parts.push('stubs', ...recipe.stubs);
  return contentId(parts);
}

/** What programs may include: every header in a folder that has one of them. */
async function headersBeside(programs: readonly string[]): Promise<string[]> {
  const folders = [...new Set(programs.map((program) => path.dirname(program)))];
  const inFolder = async (folder: string) =>
    (await readdir(folder)).filter((file) => file.endsWith('.h')).map((file) => path.join(folder, file));
  return (await Promise.all(folders.map(inFolder))).flat().sort();
}
