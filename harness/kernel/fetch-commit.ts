import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { acquireLock } from '../common/file-lock.js';
import { noProgress, type Progress } from '../common/progress.js';
import { newRepository, treeFolder } from './source-tree.js';
import { git, tryGit } from './tree-git.js';

/** The repository may be another user's (sudo). */
const uploadPack = 'git -c safe.directory=* upload-pack';

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
  const config = ['safe.directory=*'];
  const found = await tryGit(dir, ['rev-parse', '--verify', `${name}^{commit}`], { signal, config }).catch(
    () => undefined, // no such folder
  );
  if (!found?.ok)
    throw new HarnessError('scenario', `${dir} has no commit ${name}`, {
      remedy: 'name a git repository that has it, and a commit that `git log` shows',
    });
  const wanted = found.stdout.trim();
  const folder = treeFolder(treeId);
  const repository = path.join(folder, 'tree');
  await using _lock = await acquireLock(`${folder}.snapshot.lock`, signal);
  await newRepository(folder, signal, async () => {});
  if (!(await tryGit(repository, ['cat-file', '-e', `${wanted}^{tree}`], { signal })).ok) {
    progress(`copying ${name} of ${dir}`);
    const argv = ['fetch', '--quiet', '--depth=1', '--no-tags', `--upload-pack=${uploadPack}`];
    await git(repository, [...argv, `file://${path.resolve(dir)}`, wanted], {
      signal,
      config: ['gc.auto=0'],
    });
  }
  const tree = await git(repository, ['rev-parse', `${wanted}^{tree}`], { signal });
  // without a date or author of its own: the same files are the same commit
  return { tree, commit: await git(repository, ['commit-tree', '-m', 'base', tree], { signal }) };
}
