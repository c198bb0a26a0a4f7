import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { lockUntilDone } from './lock-until-done.js';
import { newRepository, treeFolder } from './source-tree.js';
import { git } from './tree-git.js';

/**
 * Records the files of a user's tree, as they are now, in a repository of ours. The user's tree, and its own git if
 * it has one, are only read. What the tree's .gitignore names is left out: build products are no source.
 * The first time it stores the whole tree; later only what changed, at the price of a stat() per file.
 */
export async function snapshotTree(
  dir: string,
  treeId: string,
  signal: AbortSignal,
): Promise<{ tree: string; commit: string }> {
  const folder = treeFolder(treeId);
  await using _lock = await lockUntilDone(`${folder}.snapshot.lock`, signal);
  const repository = path.join(folder, 'tree');
  await newRepository(folder, signal, async () => {});
  const index = path.join(repository, '.git', 'snapshot-index');
  await rm(`${index}.lock`, { force: true }); // of a git that was killed: under our lock nobody else uses it
  const first = !(await stat(index).catch(() => undefined));
  const env = { GIT_INDEX_FILE: index, GIT_DIR: path.join(repository, '.git'), GIT_WORK_TREE: dir };
  // A low threshold makes git write one pack instead of 90,000 files.
  const config = first ? ['core.bigFileThreshold=1', 'core.compression=1'] : [];
  await git(dir, ['add', '--all'], { signal, env, config });
  const tree = await git(dir, ['write-tree'], { signal, env });
  const commit = await git(dir, ['commit-tree', '-m', 'snapshot', tree], { signal, env });
  return { tree, commit };
}
