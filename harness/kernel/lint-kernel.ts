import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId, ensureArtifact } from '../common/artifact-store.js';
import { cacheDir } from '../common/paths.js';
import { noProgress } from '../common/progress.js';
import { applySeries } from './apply-series.js';
import { buildEnvironment, makeCommand } from './build-environment.js';
import { readWarnings, type Warning } from './compiler-warnings.js';
import { findKernel } from './find-kernel.js';
import { isBuiltHere, readKernelRecipe, type KernelOptions, type KernelRecipe } from './kernel-recipe.js';
import { mergeConfig } from './merge-config.js';
import { openObjectFolder } from './object-folder.js';
import { runInGroup } from './run-in-group.js';
import { ensureSourceTree, lockSourceTree, treeFolder } from './source-tree.js';

type Lint = { warnings: Warning[] };

/**
 * What make W=1 says of some files of a kernel's patched source; kept in the cache, since both sides of a patch are
 * asked. Files that the configuration leaves out, and headers, say nothing.
 * @param files C files, relative to the source
 * @throws HarnessError as ensureKernel does; Interrupted
 */
export async function lintKernel(
  name: string,
  files: readonly string[],
  options: KernelOptions,
): Promise<Warning[]> {
  const found = await findKernel(name);
  const sources = files.filter((file) => file.endsWith('.c')).toSorted();
  if (!isBuiltHere(found) || sources.length === 0) return [];
  const recipe = await readKernelRecipe(found, options);
  const { manifest } = await ensureArtifact<Lint>({
    store: path.join(cacheDir(), 'lint'),
    id: contentId(['lint 1', recipe.id, ...sources]),
    signal: options.signal,
    build: async (dir) => ({ warnings: await lint(recipe, sources, path.join(dir, 'make.log'), options) }),
  });
  return manifest.warnings;
}

/** In the object folder of the kernel's own builds: its flags differ, and so make compiles these files again then. */
async function lint(
  recipe: KernelRecipe,
  sources: readonly string[],
  log: string,
  { signal, progress = noProgress }: KernelOptions,
): Promise<Warning[]> {
  const folder = treeFolder(recipe.source.treeId);
  await using _lock = await lockSourceTree(recipe.source.treeId, signal, progress);
  const tree = await ensureSourceTree(recipe.source, signal, progress);
  const patches = [...recipe.series, recipe.extra].flatMap((series) => series.patches);
  await applySeries(tree, patches, recipe.source.label, signal);
  await using objects = await openObjectFolder(path.join(folder, `obj-${recipe.objectsOf}`));
  const run = { cwd: tree.dir, env: buildEnvironment(), log, signal, onKill: objects.spoil };
  const { origin: source } = recipe.source;
  const context = { name: recipe.name, tree: tree.dir, log, source, usersOwn: [] };
  await mergeConfig(recipe, objects.dir, context, run);
  progress('compiling with W=1');
  const targets = sources.map((file) => file.replace(/\.c$/, '.o'));
  const make = makeCommand(tree.dir, objects.dir, recipe.toolchain);
  await runInGroup([...make, '--keep-going', 'W=1', ...targets], run);
  return readWarnings(await readFile(log, 'utf8'), tree.dir);
}
