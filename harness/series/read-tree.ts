import { copyFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { tryGit, type GitOptions } from '../kernel/tree-git.js';
import { orderPatches } from './order-patches.js';
import type { PatchSeries } from './patch-series.js';
import { readMails, type Mail } from './read-mail.js';

/**
 * Patches out of a user's git tree, which is only read: the commits of `BASE..HEAD`; with nothing behind the dots
 * those up to HEAD and, as a last patch that says so, what is not committed; without a range only that.
 * @throws HarnessError(scenario) for a range that is none, is empty, has merges, or does not begin at an ancestor
 */
export async function readTree(
  tree: string,
  range: string | undefined,
  signal: AbortSignal,
): Promise<PatchSeries> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-range-'));
  try {
    return await read({ tree, dir, signal }, range);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type Tree = { tree: string; dir: string; signal: AbortSignal };

async function read(from: Tree, range: string | undefined): Promise<PatchSeries> {
  const { tree } = from;
  if (range !== undefined && !/^(?:[^.]|\.(?!\.))+\.\.(?!\.)/.test(range))
    throw badRange(tree, range, 'it is no range', 'write it as BASE..HEAD');
  const [baseName, headName] = range === undefined ? ['HEAD', ''] : splitRange(range);
  const base = await commitOf(from, baseName);
  const head = headName === '' ? await commitOf(from, 'HEAD') : await commitOf(from, headName);
  const committed = base === head ? [] : await commits(from, range!, base, head);
  const uncommitted = headName === '' ? await workTree(from) : [];
  const origin = range === undefined ? tree : `${range} of ${tree}`;
  const mails = [...committed, ...uncommitted];
  if (mails.length === 0)
    throw badRange(tree, range ?? 'the work tree', 'there is nothing in it', 'commit or change something');
  const form = range === undefined ? 'work-tree' : 'range';
  const { messageId: _, title, ...rest } = orderPatches(mails, origin);
  const dirty = uncommitted.length > 0 && committed.length > 0 ? ' with uncommitted changes' : '';
  return { form, origin, ...rest, title: title + dirty, baseCommit: base };
}

function splitRange(range: string): [string, string] {
  const dots = range.indexOf('..');
  return [range.slice(0, dots), range.slice(dots + 2)];
}

async function commitOf(from: Tree, name: string): Promise<string> {
  const { ok, stdout } = await git(from, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  if (ok) return stdout.trim();
  throw badRange(from.tree, name, 'there is no such commit', 'name one that `git log` shows');
}

/** Oldest first. */
async function commits(from: Tree, range: string, base: string, head: string): Promise<Mail[]> {
  const { tree, dir, signal } = from;
  if (!(await git(from, ['merge-base', '--is-ancestor', base, head])).ok)
    throw badRange(
      tree,
      range,
      'its first commit is no ancestor of its last',
      'rebase, or name where the branch began: git merge-base',
    );
  const merges = (await git(from, ['rev-list', '--merges', `${base}..${head}`])).stdout.trim();
  if (merges !== '')
    throw badRange(tree, range, `${merges.split('\n')[0]!.slice(0, 12)} in it is a merge`, 'rebase it');
  const out = path.join(dir, 'patches');
  const argv = ['format-patch', '--quiet', '--no-numbered', '--no-signature', '--full-index', '--binary'];
  const { ok, output } = await git(from, [...argv, '--no-thread', '-o', out, `${base}..${head}`]);
  if (!ok) throw badRange(tree, range, output.trim().split('\n').at(-1)!, 'try git format-patch by hand');
  const { stdout } = await git(from, ['rev-list', '--reverse', '--abbrev-commit', `${base}..${head}`]);
  const files = (await readdir(out)).sort().map((name) => path.join(out, name));
  const mails = await readMails(files, signal);
  return mails.map((mail, n) => ({ ...mail, origin: `${stdout.split('\n')[n]} of ${tree}` }));
}

/** What `git status` would list, as one patch; objects and index of ours, so that the tree's own stay as they are. */
async function workTree(from: Tree): Promise<Mail[]> {
  const { tree, dir } = from;
  const [index, objects] = await Promise.all(
    ['index', 'objects'].map(async (name) =>
      path.resolve(tree, (await git(from, ['rev-parse', '--git-path', name])).stdout.trim()),
    ),
  );
  const env = {
    GIT_INDEX_FILE: path.join(dir, 'index'),
    GIT_OBJECT_DIRECTORY: path.join(dir, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: objects!,
  };
  await mkdir(env.GIT_OBJECT_DIRECTORY);
  if (await stat(index!).catch(() => undefined)) await copyFile(index!, env.GIT_INDEX_FILE);
  const added = await git(from, ['add', '--all'], { env });
  const diff = await git(from, ['diff', '--cached', '--full-index', '--binary', 'HEAD'], { env });
  if (!added.ok || !diff.ok)
    throw badRange(tree, 'the work tree', added.output.trim() || diff.output.trim(), 'try git diff HEAD');
  if (diff.stdout === '') return [];
  const subject = 'uncommitted changes';
  return [
    {
      subject,
      author: 'nobody yet <>',
      text: '',
      message: `What the work tree of ${tree} has and no commit.`,
      diff: `${diff.stdout}\n`,
      origin: `the work tree of ${tree}`,
    },
  ];
}

/** The user's repository may be somebody else's (sudo), and must not get a monitor or a refreshed index of us. */
function git({ tree, signal }: Tree, args: readonly string[], options: Partial<GitOptions> = {}) {
  const env = { GIT_OPTIONAL_LOCKS: '0', ...options.env };
  return tryGit(tree, args, { signal, config: ['safe.directory=*', 'core.fsmonitor=false'], env });
}

const badRange = (tree: string, range: string, why: string, remedy: string) =>
  new HarnessError('scenario', `${range} of ${tree} is no patch series: ${why}`, { remedy });
