import { tryGit } from './tree-git.js';

/**
 * What `git describe` says of a commit of a user's repository, which is only read (its own --dirty would refresh the
 * index); undefined where git knows no such commit.
 * @param tree the git tree of the files that are meant: `-dirty` when the commit's is another one
 */
export async function describeCommit(
  dir: string,
  commit: string,
  tree: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ask = async (...args: string[]) => {
    const { ok, stdout } = await tryGit(dir, args, { signal, config: ['safe.directory=*'] });
    return ok ? stdout.trim() : undefined;
  };
  const described = await ask('describe', '--always', '--tags', '--abbrev=12', commit);
  if (described === undefined) return undefined;
  return (await ask('rev-parse', `${commit}^{tree}`)) === tree ? described : `${described}-dirty`;
}
