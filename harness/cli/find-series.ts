import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import { resolveCommit } from '../kernel/fetch-commit.js';
import { findKernel } from '../kernel/find-kernel.js';
import type { KernelSpec } from '../kernel/kernel-spec.js';
import { isBuiltHere, readKernelRecipe } from '../kernel/kernel-recipe.js';
import { fetchSeries, isMessageId } from '../series/fetch-series.js';
import type { PatchSeries } from '../series/patch-series.js';
import { findPrerequisites } from '../series/prerequisites.js';
import { readSeries } from '../series/read-series.js';
import { readTree } from '../series/read-tree.js';
import { writePatches } from '../series/write-patches.js';

export type SeriesPlace = { tree?: string; base?: string; kernel?: string; after: string[] };

/** The series that the user means: a file or folder, a message-id that b4 fetches, or a range of --tree. */
export async function findSeries(
  origin: string | undefined,
  tree: string | undefined,
  signal: AbortSignal,
): Promise<PatchSeries> {
  const there = origin !== undefined && (await exists(origin));
  if (tree !== undefined && !there && (origin === undefined || origin.includes('..')))
    return readTree(path.resolve(tree), origin, signal);
  if (origin === undefined)
    throw new HarnessError('scenario', 'no patch series is named', {
      remedy: 'name an mbox, a maildir, a folder of patches, a message-id, or --tree DIR BASE..HEAD',
    });
  if (!there && isMessageId(origin)) return fetchSeries(origin, signal);
  return readSeries(origin, signal);
}

/** A kernel definition; with another source than its own when there is one in `on`. */
export type SeriesBase = { kernel: string; on?: KernelSpec['source'] };

/**
 * What a series is put upon: what the user names, else the base-commit that the series names and --tree has. It is never
 * guessed.
 */
export async function findBase(
  series: PatchSeries,
  place: SeriesPlace,
  signal: AbortSignal,
): Promise<SeriesBase> {
  const { tree, kernel = defaultKernel } = place;
  if (!isBuiltHere(await findKernel(kernel)))
    throw new HarnessError('scenario', `${kernel} is built already: no patch can be put upon it`, {
      remedy: 'name a kernel that p2plab builds (p2plab kernel list), the YAML file of one, or a source tree',
    });
  if (place.base !== undefined) return { kernel, on: await sourceOf(place.base, tree, signal) };
  if (place.kernel !== undefined) return { kernel };
  if (tree === undefined || series.baseCommit === undefined) throw askForBase(series);
  return { kernel, on: await commitSource(tree, series.baseCommit, signal) };
}

async function sourceOf(base: string, tree: string | undefined, signal: AbortSignal) {
  const found = await stat(base).catch(() => undefined);
  if (found?.isFile()) return { tarball: path.resolve(base) };
  if (found?.isDirectory()) return { tree: path.resolve(base) };
  if (tree !== undefined) return commitSource(tree, base, signal);
  throw new HarnessError('scenario', `--base ${base} is no file or folder, and there is no --tree`, {
    remedy: 'name a tarball, an unpacked source, or with --tree DIR a commit',
  });
}

/** By its hash: what a branch means may change. */
async function commitSource(tree: string, name: string, signal: AbortSignal) {
  const git = path.resolve(tree);
  return { git, commit: await resolveCommit(git, name, signal) };
}

/**
 * Writes the patches that come before the series: those of --after, then what it says it needs and the kernel has not.
 * @returns the files, in order
 */
export async function writePatchesBefore(
  series: PatchSeries,
  kernel: string,
  { after, tree }: SeriesPlace,
  dir: string,
  signal: AbortSignal,
): Promise<string[]> {
  const earlier = await Promise.all(after.map((origin) => readSeries(origin, signal)));
  const patches = earlier.flatMap((one) => one.patches);
  const found = await findKernel(kernel);
  if (isBuiltHere(found) && series.prerequisites.length > 0) {
    const recipe = await readKernelRecipe(found, { extraPatches: [], signal });
    const below = recipe.series.flatMap((one) => one.patches.map(({ text }) => text));
    const present = [...below, ...patches.map(({ diff }) => diff)];
    patches.push(...(await findPrerequisites(series, present, tree && path.resolve(tree), signal)));
  }
  return writePatches({ ...series, patches }, path.join(dir, 'before'));
}

/** A guess would test another kernel than the author's. */
function askForBase({ origin, baseCommit }: PatchSeries): HarnessError {
  if (baseCommit !== undefined)
    return new HarnessError('scenario', `${origin} is based on ${baseCommit}, which has to be found`, {
      remedy: 'name the git tree that has it, --tree DIR, or put it on another kernel: --kernel NAME',
    });
  return new HarnessError('scenario', `${origin} does not say what it is based on`, {
    remedy:
      'name the base: --kernel NAME of `p2plab kernel list`, --tree DIR --base COMMIT, or --base TARBALL',
  });
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
