import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { HarnessError, Interrupted } from '../common/errors.js';
import type { Progress } from '../common/progress.js';
import { askDpkg } from '../host/packages.js';
import { describeCommit } from './describe-commit.js';
import { fetchCommit, resolveCommit } from './fetch-commit.js';
import { badKernelSpec, type KernelSpec } from './kernel-spec.js';
import { versionOfMakefile } from './kernel-version.js';
import { isGitTree, snapshotTree } from './snapshot-tree.js';
import { tarballHash } from './tarball-hash.js';
import { tryGit } from './tree-git.js';

/** Where the unpatched source comes from, and what identifies its content. */
export type KernelSource = {
  /** Part of the kernel's content id. */
  identity: string;
  /** Name of the folder in CACHE/kernel-trees. */
  treeId: string;
  package?: string;
  version?: string;
  /** As in KernelOrigin. */
  describe?: string;
  tree?: string;
  /** The tarball, or the user's tree. */
  origin: string;
  /** The commit to build on, if the tree's repository has it already; else the tarball is unpacked. */
  commit?: string;
  /** For messages: "against what". */
  label: string;
};

/**
 * Identifies the source without unpacking it: a Debian package by its version, a tarball by its hash, a tree or
 * commit by the git tree of its files.
 * @throws HarnessError(host) when the package is not installed, HarnessError(scenario) when the path leads nowhere
 */
export async function identifySource(
  spec: KernelSpec,
  signal: AbortSignal,
  progress: Progress,
): Promise<KernelSource> {
  const { debian, tarball, tree, git } = spec.source;
  if (debian !== undefined) return debianSource(debian, signal);
  if (tarball !== undefined) return tarballSource(await existing(spec, 'tarball', tarball));
  if (git !== undefined)
    return commitSource(path.resolve(path.dirname(spec.file), git), spec.source.commit!, signal, progress);
  const dir = await existing(spec, 'tree', tree!);
  if (!(await isGitTree(dir)) && (await isFile(path.join(dir, '.config'))))
    throw badKernelSpec(spec.file, [
      `${spec.at(['source', 'tree'])}: want a clean source (make mrproper), found ${dir}/.config; a kernel that was built there is named by ${dir}/arch/x86/boot/bzImage`,
    ]);
  return treeSource(dir, signal, progress);
}

async function debianSource(name: string, signal: AbortSignal): Promise<KernelSource> {
  const answer = await askDpkg(`source-${name}`, '${db:Status-Status} ${Version}', [name]);
  if (signal.aborted) throw new Interrupted();
  const [status, version] = answer?.split(' ') ?? [];
  if (status !== 'installed' || !version)
    throw new HarnessError('host', `the Debian package ${name}, the kernel's source, is not installed`, {
      remedy: `apt-get install ${name}, or name another source in the kernel's YAML: { tarball: PATH }`,
    });
  return {
    identity: `debian ${name} ${version}`,
    treeId: contentId(['debian', name, version]),
    package: name,
    version,
    origin: `/usr/src/${name}.tar.xz`,
    label: `${name} ${version}`,
  };
}

async function tarballSource(file: string): Promise<KernelSource> {
  const hash = await tarballHash(file);
  return { identity: `tarball ${hash}`, treeId: contentId(['tarball', hash]), origin: file, label: file };
}

async function treeSource(dir: string, signal: AbortSignal, progress: Progress): Promise<KernelSource> {
  const treeId = folderFor(await readFile(path.join(dir, 'Makefile'), 'utf8').catch(() => ''));
  const { tree, commit } = await snapshotTree(dir, treeId, signal, progress);
  const describe = (await isGitTree(dir)) ? await describeCommit(dir, 'HEAD', tree, signal) : undefined;
  return { identity: `tree ${tree}`, treeId, origin: dir, commit, label: dir, describe, tree };
}

async function commitSource(
  dir: string,
  name: string,
  signal: AbortSignal,
  progress: Progress,
): Promise<KernelSource> {
  const wanted = await resolveCommit(dir, name, signal);
  const makefile = await tryGit(dir, ['show', `${wanted}:Makefile`], {
    signal,
    config: ['safe.directory=*'],
  });
  const treeId = folderFor(makefile.stdout);
  const { tree, commit } = await fetchCommit(dir, wanted, treeId, signal, progress);
  const describe = await describeCommit(dir, wanted, tree, signal);
  const label = `${describe ?? name} of ${dir}`;
  return { identity: `tree ${tree}`, treeId, origin: dir, commit, label, describe, tree };
}

/**
 * Users' trees of one kernel version share a work tree and its objects, wherever they are and whatever commits they
 * are at: what two of them have in common is compiled once, and ccache sees the same paths.
 */
const folderFor = (makefile: string): string => `trees-${versionOfMakefile(makefile) ?? 'of-no-version'}`;

async function existing(spec: KernelSpec, kind: 'tarball' | 'tree', given: string): Promise<string> {
  const file = path.resolve(path.dirname(spec.file), given);
  const probe = kind === 'tree' ? path.join(file, 'scripts/kconfig/merge_config.sh') : file;
  if (await isFile(probe)) return file;
  const want =
    kind === 'tree' ? 'an unpacked kernel source (with scripts/kconfig/merge_config.sh)' : 'a tarball';
  throw badKernelSpec(spec.file, [`${spec.at(['source', kind])}: want ${want}, found no ${probe}`]);
}

const isFile = async (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
