import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId, listArtifacts } from '../common/artifact-store.js';
import { packageRoot } from '../common/paths.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { hostSuite } from '../host/debian-source.js';
import { imageId } from '../image/image-id.js';
import { loadRecipe } from '../image/load-recipe.js';
import { defaultKernel, ensureKernel, kernelStore } from '../kernel/ensure-kernel.js';
import { findKernel } from '../kernel/find-kernel.js';
import type { KernelManifest } from '../kernel/kernel.js';
import { isBuiltHere, readKernelRecipe } from '../kernel/kernel-recipe.js';
import { expectedSeconds, type ExpectedSeconds } from '../report/expected-seconds.js';
import type { HistoryEntry } from '../report/history.js';
import { scenarioTitle, type OptionalEvidence, type Scenario } from '../scenario/scenario.js';
import { hashOfTree } from '../series/known-results.js';
import { filesOf } from '../workload/own-files.js';
import { imageBuildNeeds, kernelBuildNeeds, needsOf } from './job-needs.js';
import { ownHarness } from './own-harness.js';
import type { Build, Job, Plan } from './plan-document.js';

export type PlanRequest = {
  variants: readonly Scenario[];
  set: Record<string, string>;
  /** For all variants, whatever they ask for. */
  kernel?: string;
  patches: readonly string[];
  image: string;
  accelerator: AcceleratorChoice;
  controls: boolean;
  without: readonly OptionalEvidence[];
  coverage: boolean;
  cost: boolean;
  /** What earlier runs took. None: times are what scenarios consist of, and the same on every machine. */
  history: readonly HistoryEntry[];
};

/** Of a kernel from scratch on two cores, and of an image, where none was built yet. */
const guessed = { kernel: 480, image: 30 };

/**
 * Every job of a run with what it needs, waits for, and will take. Nothing is built.
 * @throws HarnessError when the identity of a kernel cannot be told here, or a file is in error
 */
export async function makePlan(request: PlanRequest, signal: AbortSignal): Promise<Plan> {
  const { variants, set, accelerator, controls, without, coverage, cost, history } = request;
  const settings = { set, accelerator, controls, without: [...without], coverage, cost };
  const harness = await ownHarness();
  const nameOf = (scenario: Scenario) => request.kernel ?? scenario.kernel ?? defaultKernel;
  const kernels = new Map<string, Build>();
  for (const variant of variants) {
    const name = nameOf(variant);
    if (!kernels.has(name)) kernels.set(name, await kernelBuild(name, request.patches, signal));
  }
  const image = await imageBuild(request.image);
  const jobs = new Map<string, Job>();
  for (const variant of variants) {
    const kernel = kernels.get(nameOf(variant))!;
    const id = await jobId(variant, { harness, settings, kernel: kernel.id, image: image.id });
    jobs.set(id, {
      id,
      title: scenarioTitle(variant.name, variant.variant),
      scenario: variant.name,
      variant: variant.variant,
      ...{ kernel: kernel.id, image: image.id, dependsOn: [kernel.id, image.id] },
      needs: needsOf(variant, settings),
      expected: rounded(expectedSeconds(variant, history, nameOf(variant))),
    });
  }
  return {
    ...{ schema: 'p2plab.plan/1', harness, settings },
    scenarios: await scenarioTexts(variants),
    patches: await Promise.all(request.patches.map(patchText)),
    builds: [...kernels.values(), image],
    jobs: [...jobs.values()],
  };
}

type Identity = Pick<Plan, 'harness' | 'settings'> & { kernel: string; image: string; attempt?: number };

/**
 * What a job does, as a hash: also of the files that it takes along. Where the scenario file lies does not count, nor do
 * values set for other scenarios.
 */
export async function jobId(
  scenario: Scenario,
  { harness, settings, kernel, image, attempt }: Identity,
): Promise<string> {
  const { file, ...meant } = scenario;
  const { set: _, ...how } = settings;
  const own = scenario.steps.flatMap(filesOf).map((name) => path.resolve(path.dirname(file), name));
  const files = await Promise.all(own.map(hashOfTree));
  const parts = [harness.version, harness.code, kernel, image, JSON.stringify(how), JSON.stringify(meant)];
  const which = attempt === undefined ? [] : [`attempt ${attempt}`];
  return `run-${contentId([...parts, ...files, ...which])}`;
}

async function kernelBuild(name: string, patches: readonly string[], signal: AbortSignal): Promise<Build> {
  const options = { extraPatches: patches, signal };
  const found = await findKernel(name);
  const [id, source, series] = isBuiltHere(found)
    ? await readKernelRecipe(found, options).then((r) => [r.id, r.origin, r.applied] as const)
    : await ensureKernel(name, options).then((k) => [k.id, k.source ?? null, k.series] as const);
  const provenance = { source: source && defined(source), series };
  const earlier = await listArtifacts<KernelManifest>(kernelStore());
  const whole = earlier.find(({ manifest }) => manifest.fromScratch)?.manifest.built.ms;
  const expected = rounded({
    seconds: whole === undefined ? guessed.kernel : whole / 1e3,
    measured: whole !== undefined,
  });
  return { id: `kernel-${id}`, kind: 'kernel', name, needs: kernelBuildNeeds, expected, provenance };
}

async function imageBuild(name: string): Promise<Build> {
  const id = await imageId(await loadRecipe(name), await hostSuite());
  const expected = { seconds: guessed.image, measured: false };
  return { id: `image-${id}`, kind: 'image', name, needs: imageBuildNeeds, expected };
}

async function scenarioTexts(variants: readonly Scenario[]): Promise<Plan['scenarios']> {
  const files = new Map(variants.map(({ name, file }) => [name, path.resolve(file)]));
  return Promise.all(
    [...files].map(async ([name, file]) => {
      const inPackage = path.relative(packageRoot, file);
      const packaged = inPackage.startsWith(`scenarios${path.sep}`);
      const shown = packaged ? inPackage : path.relative(process.cwd(), file);
      return { name, file: shown, packaged, text: await readFile(file, 'utf8') };
    }),
  );
}

const patchText = async (file: string) => ({
  name: path.basename(file),
  text: await readFile(file, 'utf8'),
});

const rounded = ({ seconds, measured }: ExpectedSeconds): ExpectedSeconds => ({
  seconds: Math.round(seconds * 10) / 10,
  measured,
});

const defined = (fields: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
