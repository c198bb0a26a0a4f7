import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { noProgress, type Progress } from '../common/progress.js';
import type { KernelReference } from './find-kernel.js';
import type { Kernel } from './kernel.js';
import { identifySource, type KernelSource } from './kernel-source.js';
import { parseKernelSpec, type KernelSpec } from './kernel-spec.js';
import { resolveKernelSpec, type Fragment, type Series } from './resolve-kernel-spec.js';
import { findToolchain, type Toolchain } from './toolchain.js';
import { treeSpec } from './tree-spec.js';

/** Everything that decides how a kernel comes out. */
export type KernelRecipe = {
  name: string;
  id: string;
  source: KernelSource;
  series: Series[];
  /** The patches of --patch, on top of the series. */
  extra: Series;
  fragments: Fragment[];
  toolchain: Toolchain;
  /** The object folder that kernels with these fragments share: they differ little from one to the next. */
  objectsOf: string;
  /** As in Kernel. */
  origin: NonNullable<Kernel['source']>;
  applied: Kernel['series'];
};

export type KernelOptions = {
  /** Paths of patches to stack on the definition's series (`--patch`), in order. */
  extraPatches: readonly string[];
  signal: AbortSignal;
  progress?: Progress;
};

/** To be raised when the way of building changes, so that what is cached no longer counts. */
const recipeVersion = 'recipe 2';

/** What p2plab builds: a definition, or a source tree. */
export type Buildable =
  { kind?: 'definition'; name: string; file: string } | Extract<KernelReference, { kind: 'tree' }>;

export const isBuiltHere = (found: KernelReference): found is KernelReference & Buildable =>
  found.kind === 'definition' || found.kind === 'tree';

/**
 * Reads a kernel definition and everything it names; builds nothing.
 * @throws HarnessError(scenario) for a bad definition or patch path, HarnessError(host) for a missing package or tool
 */
export async function readKernelRecipe(
  buildable: Buildable,
  { extraPatches, signal, progress = noProgress }: KernelOptions,
): Promise<KernelRecipe> {
  const { name } = buildable;
  const spec = await readSpec(buildable);
  const [inputs, source, extra] = await Promise.all([
    resolveKernelSpec(spec),
    identifySource(spec, signal, progress),
    readExtraPatches(extraPatches),
  ]);
  const toolchain = await findToolchain(signal);
  const { series, fragments } = inputs;
  const all = extra.patches.length > 0 ? [...series, extra] : series;
  const id = contentId([
    recipeVersion,
    source.identity,
    ...toolchain.versions,
    ...list(all.flatMap(({ patches }) => patches.map(({ text }) => text))),
    ...list(fragments.map(({ text, optional }) => (optional ? `optional\n${text}` : text))),
  ]);
  const { origin, package: debian, version, describe, tree } = source;
  return {
    name,
    id,
    source,
    series,
    extra,
    fragments,
    toolchain,
    objectsOf: contentId(fragments.map((fragment) => fragment.name)).slice(0, 8),
    origin: { package: debian, version, origin, describe, tree },
    applied: all.map((s) => ({
      name: s.name,
      patches: s.patches.map(({ file }) => (s === extra ? file : path.basename(file))),
      linesAdded: s.patches.reduce((sum, { text }) => sum + linesAdded(text), 0),
    })),
  };
}

async function readSpec(buildable: Buildable): Promise<KernelSpec> {
  if (buildable.kind === 'tree') {
    const { dir, commit } = buildable;
    return treeSpec(dir, commit === undefined ? { tree: dir } : { git: dir, commit });
  }
  const { file } = buildable;
  return parseKernelSpec(shortPath(file), await readFile(file, 'utf8'));
}

/** Of all files but documentation. */
function linesAdded(patch: string): number {
  const files = patch.split(/^\+\+\+ /m).slice(1);
  const code = files.filter((text) => !/^b\/Documentation\//.test(text));
  return code.reduce((sum, text) => sum + (text.match(/^\+/gm)?.length ?? 0), 0);
}

/** With its length, so that a patch can never be taken for a fragment. */
const list = (texts: string[]): string[] => [`${texts.length}`, ...texts];

async function readExtraPatches(files: readonly string[]): Promise<Series> {
  const patches = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        const why = (cause as Error).message;
        throw new HarnessError('scenario', `cannot read the patch ${file}: ${why}`, {
          remedy: 'correct --patch',
          cause,
        });
      });
      return { file, text };
    }),
  );
  return { name: '--patch', patches };
}

/** Relative to the working directory when it is below it: what a person would type. */
function shortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
