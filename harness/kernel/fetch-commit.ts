import path from 'node:path';
import { HarnessError, Interrupted } from '../common/errors.js';
import { acquireLock } from '../common/file-lock.js';
import { noProgress, type Progress } from '../common/progress.js';
import { newRepository, treeFolder } from './source-tree.js';
import { git, tryGit } from './tree-git.js';

/** The repository may be another user's (sudo). */
export const uploadPack = 'git -c safe.directory=* upload-pack';

/**
 * The commit of a user's repository that a name means now.
 * @throws HarnessError(scenario) when there is none
 */
export async function resolveCommit(dir: string, name: string, signal: AbortSignal): Promise<string> {
  const argv = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
  const found = await tryGit(dir, argv, { signal, config: ['safe.directory=*'] }).catch((error: unknown) => {
    if (error instanceof Interrupted) throw error;
    return undefined; // no such folder
  });
  if (found?.ok) return found.stdout.trim();
  throw new HarnessError('scenario', `${dir} has no commit ${name}`, {
    remedy: 'name a git repository that has it (git fetch), and a commit that `git log` shows',
  });
}

/**
 * Copies one commit of a user's repository, without its history, to a repository of ours; the user's is only read.
 * @param name as git rev-parse takes it
 * @throws HarnessError(scenario) when there is no such commit
 */
export async function fetchCommit(
  dir: string,
  name: string,
  treeId: string,
  signal: AbortSignal,
  progress: Progress = noProgress,
): Promise<{ tree: string; commit: string }> {
  const wanted = await resolveCommit(dir, name, signal);
  const folder = treeFolder(treeId);
  const repository = path.join(folder, 'tree');
  await using _lock = await acquireLock(`${folder}.snapshot.lock`, signal);
  await newRepository(folder, signal, async () => {});
  if (!(await tryGit(repository, ['cat-file', '-e', `${wanted}^{tree}`], { signal })).ok) {
    progress(`copying ${name} of ${dir}`);
    // the ref tells the next fetch what is here already
    const argv = ['fetch', '--quiet', '--depth=1', '--no-tags', `--upload-pack=${uploadPack}`];
    await git(repository, [...argv, `file://${path.resolve(dir)}`, `${wanted}:refs/fetched/${wanted}`], {
      signal,
      config: ['gc.auto=0'],
    });
  }
  const tree = await git(repository, ['rev-parse', `${wanted}^{tree}`], { signal });
  // without a date or author of its own: the same files are the same commit
  return { tree, commit: await git(repository, ['commit-tree', '-m', 'base', tree], { signal }) };
}
