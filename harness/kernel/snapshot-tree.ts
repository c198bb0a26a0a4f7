import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { noProgress, type Progress } from '../common/progress.js';
import { acquireLock } from '../common/file-lock.js';
import { newRepository, treeFolder } from './source-tree.js';
import { git } from './tree-git.js';

/**
 * Records the files of a user's tree, as they are now, in a repository of ours; the tree is only read. Of a git work
 * tree that is what git tracks and what it does not ignore; of any other tree all files, so that must be clean.
 * The first time it stores the whole tree; later only what changed, at the price of a stat() per file.
 */
export async function snapshotTree(
  dir: string,
  treeId: string,
  signal: AbortSignal,
  progress: Progress = noProgress,
): Promise<{ tree: string; commit: string }> {
  const folder = treeFolder(treeId);
  await using _lock = await acquireLock(`${folder}.snapshot.lock`, signal);
  await newRepository(folder, signal, async () => {});
  const repository = path.join(folder, 'tree', '.git');
  const index = path.join(repository, `snapshot-index-${contentId([dir])}`);
  await rm(`${index}.lock`, { force: true }); // of a git that was killed: under our lock nobody else uses it
  const env = { GIT_INDEX_FILE: index, GIT_DIR: repository, GIT_WORK_TREE: dir };
  const first = !(await exists(index));
  if (first) progress(`recording the source ${dir}`);
  // A low threshold makes git write one pack instead of 90,000 files.
  const config = first ? ['core.bigFileThreshold=1', 'core.compression=1'] : [];
  if (await isGitTree(dir)) {
    const input = (await listFiles(dir, signal)) + (await git(dir, ['ls-files', '-z'], { signal, env }));
    await git(dir, ['update-index', '-z', '--add', '--remove', '--stdin'], { signal, env, config, input });
  } else {
    await git(dir, ['add', '--all', '--force'], { signal, env, config });
  }
  const tree = await git(dir, ['write-tree'], { signal, env });
  const commit = await git(dir, ['commit-tree', '-m', 'snapshot', tree], { signal, env });
  return { tree, commit };
}

/** Whether git knows what in the tree is source; a .gitignore alone does not: Debian's names everything. */
export const isGitTree = (dir: string): Promise<boolean> => exists(path.join(dir, '.git'));

/** Without results of runs that were started in the tree. By the user's own git, which may belong to somebody else (sudo), and must not start a monitor of its own. */
function listFiles(dir: string, signal: AbortSignal): Promise<string> {
  const config = ['safe.directory=*', 'core.fsmonitor=false'];
  const what = ['--cached', '--others', '--exclude-standard', '--exclude=/p2plab-runs/'];
  return git(dir, ['ls-files', '-z', ...what], { signal, config });
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
