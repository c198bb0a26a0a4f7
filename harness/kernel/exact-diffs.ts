import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { acquireLock } from '../common/file-lock.js';
import { Scope } from '../common/scope.js';
import type { KernelRecipe } from './kernel-recipe.js';
import { ensureSourceTree, treeFolder } from './source-tree.js';
import { git } from './tree-git.js';

/** What one patch of a recipe did to the source. */
export type ExactDiff = { series: string; file: string; diff: string };

/** The patches of a kernel in the order of their application, and how to get a file of the result. */
export type PatchedSource = {
  diffs: ExactDiff[];
  /** Text of a file with all patches applied; undefined when there is none. */
  textOf: (file: string) => Promise<string | undefined>;
};

/**
 * What each patch did, without context, as git shows it between two trees: a patch file's own line numbers are off
 * wherever git applied it with an offset. The work tree that kernels are built in is only read.
 * @throws HarnessError; Interrupted
 */
export async function readPatchedSource(recipe: KernelRecipe, signal: AbortSignal): Promise<PatchedSource> {
  await using scope = new Scope();
  const dir = await sourceRepository(recipe, signal);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'p2plab-index-'));
  scope.defer(`remove ${folder}`, () => rm(folder, { recursive: true, force: true }));
  const env = { GIT_INDEX_FILE: path.join(folder, 'index') };
  let tree = await git(dir, ['rev-parse', `${recipe.source.commit ?? 'base'}^{tree}`], { signal });
  await git(dir, ['read-tree', tree], { signal, env });
  const diffs: ExactDiff[] = [];
  for (const { name: series, patches } of [...recipe.series, recipe.extra]) {
    for (const { file, text } of patches) {
      const args = ['apply', '--cached', '--whitespace=nowarn', '-'];
      await git(dir, args, { signal, env, input: text });
      const next = await git(dir, ['write-tree'], { signal, env });
      const shown = ['diff', '--no-color', '--unified=0', '--find-renames', tree, next];
      diffs.push({ series, file, diff: await git(dir, shown, { signal }) });
      tree = next;
    }
  }
  const textOf = (file: string) =>
    git(dir, ['cat-file', 'blob', `${tree}:${file}`], { signal }).catch(() => undefined);
  return { diffs, textOf };
}

/** Unpacked again when the cache has lost it; a build that uses it is not waited for. */
async function sourceRepository({ source }: KernelRecipe, signal: AbortSignal): Promise<string> {
  const folder = treeFolder(source.treeId);
  const dir = path.join(folder, 'tree');
  const there = await stat(dir).catch(() => undefined);
  if (there) return dir;
  await using _lock = await acquireLock(`${folder}.lock`, signal);
  return (await ensureSourceTree(source, signal)).dir;
}
