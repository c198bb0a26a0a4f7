import { execa } from 'execa';
import { mkdir, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { listArtifacts } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { commandFile } from '../common/paths.js';
import { buildEnvironment } from '../kernel/build-environment.js';
import type { KernelManifest } from '../kernel/kernel.js';
import { isObject } from '../kernel/make-kernel.js';
import { findToolchain } from '../kernel/toolchain.js';

/** From the configuration to the bzImage, with no object and nothing in ccache before. */
export type ColdBuild = { objects: number; ms: number };

/**
 * Builds a kernel with p2plab, and then the same source with a fragment over allnoconfig by hand, each from nothing.
 * @param definition a name or file of `p2plab kernel build`
 * @param folder for caches of their own: some 3 GB
 * @returns `wholeMs`: with the source that is unpacked, recorded and patched
 */
export async function coldBuilds(
  definition: string,
  fragment: string,
  folder: string,
): Promise<{ ours: ColdBuild; wholeMs: number; byHand: ColdBuild }> {
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache'), CCACHE_DIR: path.join(folder, 'ccache') };

  const began = performance.now();
  const built = await execa(process.execPath, [commandFile, 'kernel', 'build', definition], {
    env,
    reject: false,
  });
  const wholeMs = Math.round(performance.now() - began);
  if (built.failed) throw notBuilt(`p2plab kernel build ${definition}`, built.stderr);
  const cache = path.join(env.XDG_CACHE_HOME, 'p2plab');
  const [kernel] = await listArtifacts<KernelManifest>(path.join(cache, 'kernels'));
  const [tree] = (await readdir(path.join(cache, 'kernel-trees'))).filter((name) => !name.includes('.'));
  const source = path.join(cache, 'kernel-trees', tree!, 'tree');
  return { ours: kernel!.manifest.built, wholeMs, byHand: await buildByHand(source, fragment, folder) };
}

async function buildByHand(source: string, fragment: string, folder: string): Promise<ColdBuild> {
  const objects = path.join(folder, 'by-hand');
  await mkdir(objects, { recursive: true });
  const { ccache } = await findToolchain(new AbortController().signal);
  const env = { ...buildEnvironment(), CCACHE_DIR: path.join(folder, 'ccache-by-hand') };
  const options = { cwd: source, env, extendEnv: false, reject: false };
  const began = performance.now();
  const merge = ['scripts/kconfig/merge_config.sh', '-n', '-O', objects, fragment];
  const merged = await execa(merge[0]!, merge.slice(1), options);
  if (merged.failed) throw notBuilt(merge.join(' '), merged.stderr);
  const make = [`O=${objects}`, `-j${availableParallelism()}`, 'ARCH=x86_64'];
  const made = await execa('make', [...make, ...(ccache ? ['CC=ccache gcc'] : []), 'bzImage'], options);
  if (made.failed) throw notBuilt('make bzImage', made.stderr);
  const ms = Math.round(performance.now() - began);
  return { objects: made.stdout.split('\n').filter(isObject).length, ms };
}

const notBuilt = (what: string, said: string) =>
  new HarnessError('host', `${what} failed: ${said.trim().split('\n').at(-1)}`, {
    remedy: 'make it work first: what breaks off is no measure',
  });
