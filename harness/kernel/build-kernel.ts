import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import type { Progress } from '../common/progress.js';
import { applySeries } from './apply-series.js';
import { buildEnvironment } from './build-environment.js';
import type { KernelManifest } from './kernel.js';
import type { KernelRecipe } from './kernel-recipe.js';
import { makeKernel } from './make-kernel.js';
import { openObjectFolder } from './object-folder.js';
import { ensureSourceTree, lockSourceTree, treeFolder } from './source-tree.js';

export type BuildOptions = {
  signal: AbortSignal;
  progress: Progress;
  /** How many objects a build from scratch compiles, if an earlier build has shown it. */
  objectsExpected: number | undefined;
};

/**
 * Builds a kernel in its source's tree and copies what is wanted to `dir`. One build at a time uses a tree.
 * @throws HarnessError when a patch does not apply, a symbol is lost or make fails; Interrupted
 */
export async function buildKernel(
  recipe: KernelRecipe,
  dir: string,
  options: BuildOptions,
): Promise<KernelManifest> {
  const { signal, progress, objectsExpected } = options;
  const folder = buildableFolder(recipe.source.treeId);
  await using _lock = await lockSourceTree(recipe.source.treeId, signal, progress);
  const tree = await ensureSourceTree(recipe.source, signal, progress);
  progress('applying the patch series');
  const patches = [...recipe.series, recipe.extra].flatMap((series) => series.patches);
  await applySeries(tree, patches, recipe.source.label, signal);
  await using objects = await openObjectFolder(path.join(folder, `obj-${recipe.objectsOf}`));
  const log = await newLog(recipe);
  const made = await makeKernel(recipe, dir, {
    objects: objects.dir,
    total: objects.isNew ? objectsExpected : undefined,
    run: { cwd: tree.dir, env: buildEnvironment(), log, signal, onKill: objects.spoil },
    progress,
  });
  return {
    ...made,
    name: recipe.name,
    source: recipe.origin,
    series: recipe.applied,
    compiler: recipe.toolchain.versions,
    objectsOf: recipe.objectsOf,
    fromScratch: objects.isNew,
  };
}

/** Failed and interrupted builds keep their log, too: it is not in the artifact's folder. */
async function newLog({ name, id }: KernelRecipe): Promise<string> {
  const log = path.join(cacheDir(), 'logs', `kernel-${path.basename(name, '.yaml')}-${id}.log`);
  await mkdir(path.dirname(log), { recursive: true });
  await writeFile(log, '');
  return log;
}

/** The kernel's Makefile refuses paths with blanks or colons. */
function buildableFolder(treeId: string): string {
  const folder = treeFolder(treeId);
  if (!/[\s:]/.test(folder)) return folder;
  throw new HarnessError('host', `a kernel cannot be built in ${folder}: its path has a blank or a colon`, {
    remedy: 'point XDG_CACHE_HOME to a folder without',
  });
}
