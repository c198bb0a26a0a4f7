import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { resolveCommit, uploadPack } from '../kernel/fetch-commit.js';
import { git, tryGit } from '../kernel/tree-git.js';

/** A bare clone of the user's tree that shares its objects: `git bisect` has its refs and its log in there. */
export type BisectRepository = { dir: string; tree: string; good: string; bad: string };

/** How `git bisect run` ended. Without `first` only untestable commits are left, of which any may be it. */
export type BisectEnd = { first?: string; candidates: string[]; log: string };

/**
 * The commits at both ends of `good..bad`.
 * @throws HarnessError(scenario) for a range that is none, or whose good commit is not before the bad one
 */
export async function readRange(
  tree: string,
  range: string,
  signal: AbortSignal,
): Promise<{ good: string; bad: string }> {
  const [, goodName, badName] = /^(.+?)\.\.([^.].*)$/.exec(range) ?? [];
  if (goodName === undefined || badName === undefined)
    throw new HarnessError('scenario', `${range} is no range of commits`, {
      remedy: 'write it as GOOD..BAD',
    });
  const good = await resolveCommit(tree, goodName, signal);
  const bad = await resolveCommit(tree, badName, signal);
  const ancestor = ['merge-base', '--is-ancestor', good, bad];
  const before = await tryGit(tree, ancestor, { signal, config: ['safe.directory=*'] });
  if (before.ok && good !== bad) return { good, bad };
  throw new HarnessError('scenario', `${goodName} is not an ancestor of ${badName} in ${tree}`, {
    remedy: 'name a commit that is known to be good and from which the bad one descends',
  });
}

/** Makes the clone; the user's tree is only read, and nothing is checked out. */
export async function openBisectRepository(
  tree: string,
  { good, bad }: { good: string; bad: string },
  dir: string,
  signal: AbortSignal,
): Promise<BisectRepository> {
  const parent = path.dirname(dir);
  const how = ['--quiet', '--bare', '--shared', '--no-tags', `--upload-pack=${uploadPack}`];
  const clone = ['clone', ...how, path.resolve(tree), dir];
  await git(parent, clone, { signal, config: ['safe.directory=*'] });
  return { dir, tree, good, bad };
}

/** `1a2b3c4d5e6f PCI/P2PDMA: Free p2pmem by whole pages` */
export async function commitTitle(tree: string, commit: string, signal: AbortSignal): Promise<string> {
  const argv = ['show', '--no-patch', '--abbrev=12', '--format=%h %s', commit];
  return (await tryGit(tree, argv, { signal, config: ['safe.directory=*'] })).stdout.trim();
}

/** Begins a bisection that only moves BISECT_HEAD. */
export async function startBisect({ dir, good, bad }: BisectRepository, signal: AbortSignal): Promise<void> {
  await git(dir, ['bisect', 'start', '--no-checkout', bad, good], { signal });
}

/** Reads where the bisection came to from its own log (git-bisect(1)). */
export async function readBisectEnd({ dir }: BisectRepository, signal: AbortSignal): Promise<BisectEnd> {
  const log = await git(dir, ['bisect', 'log'], { signal });
  const commits = (what: string) =>
    [...log.matchAll(new RegExp(`^# ${what}: \\[([0-9a-f]+)\\]`, 'gm'))].map(([, commit]) => commit!);
  const [first] = commits('first bad commit');
  return { ...(first !== undefined && { first }), candidates: commits('possible first bad commit'), log };
}

/** Commits before another, the nearest first. */
export async function ancestors(
  { dir, good }: BisectRepository,
  commit: string,
  signal: AbortSignal,
): Promise<string[]> {
  const list = await git(dir, ['rev-list', '--topo-order', `${commit}~1`, `^${good}~1`], { signal }).catch(
    () => git(dir, ['rev-list', '--topo-order', `${commit}~1`], { signal }), // GOOD is a root
  );
  return list.split('\n');
}
