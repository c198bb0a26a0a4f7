import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { loadBench, type BenchDocument, type BenchSide } from '../benchmark/bench-document.js';
import { familyAlpha } from '../benchmark/compare-boots.js';
import type { SideName } from '../benchmark/boot.js';
import { mustBeMeasurable } from '../benchmark/must-be-measurable.js';
import { HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { definitionWith } from '../kernel/definition-on.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import { harnessVersion } from '../report/run-header.js';
import { scenarioId } from '../scenario/scenario-id.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import type { BenchOptions } from './bench-command.js';
import { selectVariants } from './find-scenarios.js';
import { makeRunId } from './run-folder.js';

export type BenchVariants = Record<SideName, Scenario>;

/** The one variant of each side. @throws HarnessError(scenario) when there are several, or nothing can be measured */
export async function benchVariants(name: string, options: BenchOptions): Promise<BenchVariants> {
  const { set, baseSet, headSet, kind } = options;
  return {
    base: measurable(await oneVariant(name, { ...set, ...baseSet }, 'base'), kind),
    head: measurable(await oneVariant(name, { ...set, ...headSet }, 'head'), kind),
  };
}

function measurable(scenario: Scenario, kinds: BenchOptions['kind']): Scenario {
  mustBeMeasurable(scenario, kinds);
  return scenario;
}

async function oneVariant(name: string, set: Record<string, string>, side: SideName): Promise<Scenario> {
  const [variant, ...others] = await selectVariants({ names: [name], set });
  if (others.length === 0) return variant!;
  const titles = [variant!, ...others].map((v) => scenarioTitle(v.name, v.variant));
  const flags = Object.entries(variant!.variant)
    .filter(([key]) => set[key] === undefined)
    .map(([key, value]) => `--set ${key}=${value}`);
  throw new HarnessError('scenario', `the ${side} side is ${titles.length} variants: ${titles.join(', ')}`, {
    remedy: `choose one, like: ${flags.join(' ')} (or with --base-set and --head-set one for each side)`,
  });
}

/** With --head-config head is a definition that is written for it. @throws HarnessError(scenario) when it cannot be */
export async function withHeadConfig(variants: BenchVariants, options: BenchOptions): Promise<BenchOptions> {
  const { headConfig: fragment } = options;
  if (fragment === undefined) return options;
  const kernel = kernelsOf(variants, options).head;
  const folder = path.join(cacheDir(), 'definitions');
  const name = `${path.basename(kernel, '.yaml')}-with-${path.basename(fragment, '.config')}`;
  await mkdir(folder, { recursive: true });
  return { ...options, head: await definitionWith(kernel, fragment, path.join(folder, `${name}.yaml`)) };
}

const kernelsOf = (variants: BenchVariants, { base, head }: BenchOptions) => ({
  base: base ?? variants.base.kernel ?? defaultKernel,
  head: head ?? base ?? variants.head.kernel ?? defaultKernel,
});

/** A new bench.json. */
export function newBench(variants: BenchVariants, options: BenchOptions, id = makeRunId()): BenchDocument {
  const { set, baseSet, headSet, kind, patch } = options;
  const kernels = kernelsOf(variants, options);
  const side = (
    name: SideName,
    kernel: string,
    patches: string[],
    own: Record<string, string>,
  ): BenchSide => ({
    label: [path.basename(kernel, '.yaml'), ...patches.map((file) => path.basename(file))].join(' with '),
    ...{ kernel, patches, set: { ...set, ...own } },
    ...{ variant: variants[name].variant, scenarioId: scenarioId(variants[name]) },
  });
  return {
    schema: 'p2plab.bench/1',
    id,
    harness: { version: harnessVersion },
    startedAt: new Date().toISOString(),
    endedAt: null,
    state: 'running',
    scenario: variants.base.name,
    base: side('base', kernels.base, [], baseSet),
    head: side('head', kernels.head, patch, headSet),
    same: false,
    kinds: kind,
    ...limitsOf(options),
    confidencePercent: 100 * (1 - familyAlpha),
    ...{ boots: [], pairs: 0, usedSeconds: 0, comparisons: [], notInAll: [] },
  };
}

const limitsOf = ({ resolution, budget, seed }: BenchOptions) => ({
  resolutionPercent: resolution * 100,
  budgetSeconds: budget,
  seed,
});

/**
 * What is to be done in a folder: all of it, or what an earlier start with the same sides left to do; time, resolution and
 * seed may be others then.
 * @throws HarnessError(scenario) when there is something else in it
 */
export async function openBench(
  variants: BenchVariants,
  options: BenchOptions,
): Promise<{ dir: string; document: BenchDocument; resumed: boolean }> {
  const fresh = newBench(variants, options);
  const dir = path.resolve(options.out ?? path.join('p2plab-runs', fresh.id));
  const earlier = await loadBench(dir);
  if (earlier) {
    mustBeSameBench(dir, earlier, fresh);
    return { dir, document: { ...earlier, ...limitsOf(options), ended: undefined }, resumed: true };
  }
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length === 0) return { dir, document: fresh, resumed: false };
  throw new HarnessError('scenario', `--out ${dir} is neither empty nor of p2plab bench`, {
    remedy: 'name a folder that is new or empty, or that of a bench to go on with',
  });
}

function mustBeSameBench(dir: string, earlier: BenchDocument, fresh: BenchDocument): void {
  const different = [
    ...(['base', 'head'] as const)
      .filter((side) => identityOf(earlier[side]) !== identityOf(fresh[side]))
      .map((side) => `${side} was ${describe(earlier[side])}, and is ${describe(fresh[side])}`),
    ...(earlier.kinds.join() === fresh.kinds.join()
      ? []
      : [`--kind was ${earlier.kinds.join()}, and is ${fresh.kinds.join()}`]),
    ...(earlier.scenario === fresh.scenario
      ? []
      : [`the scenario was ${earlier.scenario}, and is ${fresh.scenario}`]),
  ];
  if (different.length === 0) return;
  throw new HarnessError('scenario', `${dir} is of another bench: ${different.join('; ')}`, {
    remedy: 'name another folder with --out, or ask for the same',
  });
}

const identityOf = ({ kernel, patches, scenarioId: id }: BenchSide) => JSON.stringify([kernel, patches, id]);
const describe = ({ label, scenarioId: id }: BenchSide) => `${label} (scenario ${id})`;
