import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import type { Recipe } from './image.js';
import { imageFilePath, readImageFile, type ImageFile, type PathKind } from './read-image-file.js';

export const imagesDir = path.join(packageRoot, 'images');

/**
 * Reads an image's YAML file and those it extends.
 * @param nameOrPath `base`, or the path of a YAML file
 */
export async function loadRecipe(nameOrPath: string): Promise<Recipe> {
  const top = imageFilePath(nameOrPath, imagesDir, process.cwd());
  const chain: ImageFile[] = [];
  const seen = new Set<string>();
  for (let file: string | undefined = top; file !== undefined; file = chain.at(-1)!.extends) {
    if (seen.has(file)) throw circular([...seen, file]);
    seen.add(file);
    chain.push(readImageFile(shown(file), await readText(file, nameOrPath), imagesDir, kindOf));
  }
  return mergeImageFiles(path.basename(top).replace(/\.ya?ml$/, ''), chain);
}

/** @param chain the image first, then what it extends, and so on */
export function mergeImageFiles(name: string, chain: readonly ImageFile[]): Recipe {
  const baseFirst = chain.toReversed();
  return {
    name,
    packages: [...new Set(baseFirst.flatMap(({ packages }) => packages))].sort(),
    overlay: baseFirst.flatMap(({ overlay }) => overlay),
    programs: baseFirst.flatMap(({ programs }) => programs),
    libraries: baseFirst.flatMap(({ libraries }) => libraries),
    stubs: [...new Set(baseFirst.flatMap(({ stubs }) => stubs))],
  };
}

const kindOf: PathKind = (file) => {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && (found.isDirectory() ? 'folder' : 'file');
};

async function readText(file: string, nameOrPath: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? `there is no ${file}` : String(cause);
    throw new HarnessError('scenario', `no image "${nameOrPath}": ${why}`, {
      remedy: 'name an image that p2plab image list shows, or give the path of a YAML file',
      cause,
    });
  }
}

function circular(files: readonly string[]): HarnessError {
  return new HarnessError('scenario', `images extend each other: ${files.map(shown).join(' -> ')}`, {
    remedy: 'remove one of these `extends:`',
  });
}

/** As a person would write the path: relative when it is below the current folder. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
