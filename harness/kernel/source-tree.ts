import { execa } from 'execa';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError, Interrupted } from '../common/errors.js';
import { acquireLock } from '../common/file-lock.js';
import { cacheDir } from '../common/paths.js';
import { noProgress, type Progress } from '../common/progress.js';
import { orFullDisk } from '../host/full-disk.js';
import type { KernelSource } from './kernel-source.js';
import { git } from './tree-git.js';

/** A git work tree of ours, and the commit of the unpatched source in it. */
export type SourceTree = { dir: string; base: string };

/** Everything that belongs to one source: `tree`, and the object folders `obj-*`. */
export function treeFolder(treeId: string): string {
  return path.join(cacheDir(), 'kernel-trees', treeId);
}

/** One at a time may change a source's work tree, or needs it as it is. */
export const lockSourceTree = (treeId: string, signal: AbortSignal, progress: Progress = noProgress) =>
  acquireLock(`${treeFolder(treeId)}.lock`, signal, () =>
    progress('waiting for another kernel that is built in the same source tree'),
  );

/**
 * The work tree of a source; unpacked and committed once, which takes about a minute. The caller holds its lock.
 * @throws HarnessError(host) when the tarball is missing or does not unpack
 */
export async function ensureSourceTree(
  source: KernelSource,
  signal: AbortSignal,
  progress: Progress = noProgress,
): Promise<SourceTree> {
  const folder = treeFolder(source.treeId);
  const dir = path.join(folder, 'tree');
  await newRepository(folder, signal, async (half) => {
    progress(`unpacking ${path.basename(source.origin)}`);
    await unpack(source.origin, half, signal);
    progress(`recording the source ${source.label}`);
    // A low threshold makes git write one pack instead of 90,000 files.
    const config = ['core.bigFileThreshold=1', 'core.compression=1'];
    await git(half, ['add', '--all', '--force'], { signal, config });
    await git(half, ['commit', '--quiet', '--message', source.label], { signal });
    await git(half, ['tag', 'base'], { signal });
  });
  await rm(path.join(dir, '.git', 'index.lock'), { force: true }); // of a git that was killed
  const base = source.commit ?? (await git(dir, ['rev-parse', 'base^{commit}'], { signal }));
  return { dir, base };
}

/**
 * Makes FOLDER/tree a repository, unless it is one; it gets its name only when `fill` is through. Objects of an
 * earlier tree go: the new one's files have time stamps that make would take for old.
 */
export async function newRepository(
  folder: string,
  signal: AbortSignal,
  fill: (tree: string) => Promise<void>,
): Promise<void> {
  const tree = path.join(folder, 'tree');
  if (await stat(tree).catch(() => undefined)) return;
  await rm(folder, { recursive: true, force: true });
  const half = path.join(folder, 'half-made');
  try {
    await mkdir(half, { recursive: true });
    await orFullDisk(half, async () => {
      await git(half, ['init', '--quiet', '--initial-branch=main'], { signal });
      for (const [key, value] of Object.entries({ 'gc.auto': '0', 'core.autocrlf': 'false' }))
        await git(half, ['config', key, value], { signal });
      await fill(half);
    });
    await rename(half, tree);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

async function unpack(tarball: string, dir: string, signal: AbortSignal): Promise<void> {
  const argv = ['-xf', tarball, '-C', dir, '--strip-components=1', '--no-same-owner'];
  const tar = await execa('tar', argv, { reject: false, cancelSignal: signal, env: { LC_ALL: 'C' } });
  if (signal.aborted) throw new Interrupted();
  if (!tar.failed) return;
  const why = tar.stderr.split('\n').find((line) => line !== '') ?? tar.shortMessage;
  throw new HarnessError('host', `cannot unpack ${tarball}: ${why}`, {
    remedy:
      'check that the file is whole (reinstall its package), that xz-utils is installed, and the free space',
  });
}
