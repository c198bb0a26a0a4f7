import { execa } from 'execa';
import { HarnessError, Interrupted } from '../common/errors.js';

export type GitOptions = {
  signal: AbortSignal;
  env?: Record<string, string>;
  input?: string;
  /** Configuration for this call only, as `-c` takes it. */
  config?: string[];
};

/** The same commits on every machine, and nothing of the user's own configuration (autocrlf, hooks, signing). */
const fixedEnv = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'p2plab',
  GIT_AUTHOR_EMAIL: 'p2plab@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'p2plab',
  GIT_COMMITTER_EMAIL: 'p2plab@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
  LC_ALL: 'C',
};

/** What a failed git leaves; `output` is both of its streams. */
export type GitResult = { ok: boolean; stdout: string; output: string };

/**
 * Runs git in a work tree of ours and returns what it says, whether it succeeds or not.
 * @throws Interrupted when the signal fires; HarnessError(host) when there is no git
 */
export async function tryGit(tree: string, args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { signal, env, input, config = [] } = options;
  const { PATH, HOME } = process.env;
  const argv = [...config.flatMap((setting) => ['-c', setting]), ...args];
  const ended = await execa('git', argv, {
    cwd: tree,
    env: { PATH, HOME, ...fixedEnv, ...env },
    extendEnv: false,
    input: input ?? '',
    all: true,
    reject: false,
    stripFinalNewline: true,
    cancelSignal: signal,
  });
  if (signal.aborted) throw new Interrupted();
  if (ended.code === 'ENOENT')
    throw new HarnessError('host', 'git cannot be run', { remedy: 'apt-get install git', cause: ended });
  return { ok: !ended.failed, stdout: ended.stdout, output: ended.all };
}

/**
 * Runs git where failing is no option, and returns its standard output.
 * @throws HarnessError(host) when the disk is full, HarnessError(harness) otherwise
 */
export async function git(tree: string, args: readonly string[], options: GitOptions): Promise<string> {
  const { ok, stdout, output } = await tryGit(tree, args, options);
  if (ok) return stdout;
  const last = output.trim().split('\n').at(-1);
  const full = /No space left on device|Out of diskspace/.test(output); // the latter: csum-file.c of git
  throw new HarnessError(full ? 'host' : 'harness', `git ${args.join(' ')} in ${tree} failed: ${last}`, {
    remedy: full ? `free space for ${tree}` : `remove ${tree} (it is only a cache), and run again`,
  });
}
