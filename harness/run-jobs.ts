import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock } from './common/file-lock.js';
import { DoesNotApply, DoesNotBuild, HarnessError } from './common/errors.js';
import type { Progress } from './common/progress.js';
import { bundleDir, readBundle, sealBundle } from './jobs/bundle.js';
import { mustBeMeant } from './jobs/must-be-meant.js';
import { writeNotBuilt, type KernelFailure } from './jobs/not-built.js';
import type { Build, Job, Plan } from './jobs/plan-document.js';
import { planVariants } from './jobs/plan-variants.js';
import { plannedImage, plannedKernel } from './jobs/planned-artifacts.js';
import type { Kernel } from './kernel/kernel.js';
import type { Image } from './image/image.js';
import { mapUntil } from './map-until.js';
import { readHistory } from './report/history.js';
import { loadRun } from './report/load-run.js';
import type { Reporter } from './report/reporter.js';
import type { Result } from './report/run-document.js';
import { hashOfImage } from './result-keys.js';
import type { Scenario } from './scenario/scenario.js';
import { runInFolder } from './run-in-folder.js';
import { scheduleVariants } from './schedule-variants.js';

export type JobsRequest = {
  plan: Plan;
  /** Those of the plan that are run here. */
  jobs: readonly Job[];
  /** Builds of the plan that are wanted besides those of the jobs. */
  builds?: readonly Build[];
  /** Gets a folder for each job. */
  out: string;
  /** So many at the same time, as far as the host has room; what wants the machine alone runs alone. */
  atOnce: number;
  /** Besides events.jsonl and run.json of each job. */
  reporters: (job: Job, dir: string) => Reporter[];
  complain: (line: string) => void;
  /** A kernel or image is there. */
  onBuild: (build: Build, cached: boolean) => void;
  progress: Progress;
  /** A kernel of a series cannot be had: its jobs have bundles that say so. */
  onNotBuilt: (build: Build, why: string) => void;
  /** A job of a kernel among `builds` that cannot be had: its bundle says so. */
  onNeverRun?: (job: Job) => void;
  /** A job has its bundle. */
  onBundle: (job: Job, result: Result, already: boolean) => void;
};

/**
 * Runs jobs of a plan, each into a bundle of its own. A job that has one already is not run again, unless the host broke
 * it; one that was killed is begun anew; of two processes that want the same job one waits.
 * @returns the results in the order of the jobs
 * @throws HarnessError when a kernel or image of the plan cannot be had; Interrupted
 */
export async function runJobs(request: JobsRequest, signal: AbortSignal): Promise<Result[]> {
  const { plan, jobs, out, atOnce } = request;
  const planned = planVariants({ ...plan, jobs: [...jobs] });
  const open = plan.series ? await withoutNotBuilt(jobs, out) : jobs;
  const artifacts = await planArtifacts({ ...request, jobs: open }, signal);
  const built = open.filter(({ kernel }) => artifacts.kernels.has(kernel));
  const asked = new Set((request.builds ?? []).map(({ id }) => id));
  const neverRun = plan.jobs.filter(({ kernel }) => asked.has(kernel) && artifacts.failures.has(kernel));
  for (const job of new Set([...open.filter((one) => !built.includes(one)), ...neverRun]))
    await writeNotBuilt(
      await bundleDir(out, job),
      { job, harness: plan.harness },
      artifacts.failures.get(job.kernel)!,
    );
  for (const job of neverRun) request.onNeverRun?.(job);
  const jobOf = new Map(built.map((job) => [planned.get(job.id)!, job]));
  const variants = [...jobOf.keys()];
  const runOne = async (variant: Scenario, stop: AbortSignal): Promise<Result> => {
    const job = jobOf.get(variant)!;
    const dir = await bundleDir(out, job);
    await using _lock = await acquireLock(path.join(out, '.locks', job.id), stop);
    const there = await resultThere(dir, request.complain);
    if (there) {
      request.onBundle(job, there, true);
      return there;
    }
    await mustBeMeant(variant, job, plan);
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir);
    const { settings, harness } = plan;
    const kernel = artifacts.kernels.get(job.kernel)!;
    const image = artifacts.images.get(job.image)!;
    const { accelerator, controls, without, coverage, cost } = settings;
    const [result] = await runInFolder(
      {
        ...{ id: job.id, dir, jobs: 1, accelerator, controls, without, coverage, cost },
        ...{ variants: [variant], kernel: kernel.name, image: image.name },
        ...{
          extraPatches: patchesOf(buildOf(plan, job.kernel), artifacts.patches),
          ready: { kernel, image },
        },
      },
      { reporters: request.reporters(job, dir), complain: request.complain },
      stop,
    );
    const kernelImage = plan.series && (await hashOfImage(kernel));
    await sealBundle(dir, { job, harness, kernelImage }, result!.outcome);
    request.onBundle(job, result!, false);
    return result!;
  };
  const { coverage, cost } = plan.settings;
  const history = variants.length > 1 ? await readHistory() : []; // times decide only what comes before what
  const { groups, next } = scheduleVariants(variants, {
    ...{ jobs: atOnce, history, counted: coverage || cost, measured: cost },
    kernelOf: (variant) => artifacts.kernels.get(jobOf.get(variant)!.kernel)!,
    shareBoots: false, // a job may be run anywhere, and again
    inOrder: false,
  });
  return mapUntil(groups, ([variant], stop) => runOne(variant!, stop), { next, signal });
}

/**
 * All kernels and images that jobs and builds want, each looked up or built once; `failures` are kernels of a series that
 * a patch breaks, which is what it is asked for.
 */
async function planArtifacts(request: JobsRequest, signal: AbortSignal) {
  const { plan, jobs, out, builds = [], progress, onBuild } = request;
  const patches = await writePatches(plan, out);
  const kernels = new Map<string, Kernel>();
  const images = new Map<string, Image>();
  const failures = new Map<string, KernelFailure>();
  const wanted = new Set([...jobs.flatMap(({ dependsOn }) => dependsOn), ...builds.map(({ id }) => id)]);
  for (const id of wanted) {
    const build = buildOf(plan, id);
    const options = { patches: patchesOf(build, patches), signal, progress };
    if (build.kind === 'image') {
      const image = await plannedImage(build, options);
      images.set(id, image);
      onBuild(build, image.cached);
      continue;
    }
    const kernel = await plannedKernel(build, options).catch((error: unknown) => {
      if (!isOfThePatch(error, build, plan)) throw error;
      failures.set(id, error);
      request.onNotBuilt(build, error.message);
    });
    if (!kernel) continue;
    kernels.set(id, kernel);
    onBuild(build, kernel.cached);
  }
  return { patches, kernels, images, failures };
}

const patchesOf = ({ patches }: Build, files: readonly string[]): string[] => files.slice(0, patches);

/** A series is asked what each patch breaks; a base that cannot be built breaks the question. */
const isOfThePatch = (error: unknown, { patches }: Build, { series }: Plan): error is KernelFailure =>
  series !== undefined &&
  patches !== undefined &&
  patches > series.before &&
  (error instanceof DoesNotApply || error instanceof DoesNotBuild);

/** Those that are not known already to have no kernel: the same patches would be compiled only to fail again. */
async function withoutNotBuilt(jobs: readonly Job[], out: string): Promise<Job[]> {
  const bundles = await Promise.all(jobs.map(async (job) => readBundle(await bundleDir(out, job))));
  return jobs.filter((_, n) => bundles[n]?.document?.notBuilt === undefined);
}

/** What is there of a job that need not be run again. */
async function resultThere(dir: string, complain: JobsRequest['complain']): Promise<Result | undefined> {
  const bundle = await readBundle(dir);
  if (bundle?.problem !== undefined) complain(`${dir} is run again: ${bundle.problem}`);
  const document = bundle?.document;
  if (document === undefined || document.outcome === 'broken') return undefined;
  return (await loadRun(dir)).run.results[0];
}

/** @throws HarnessError(scenario) when the plan lacks it */
export function buildOf({ builds }: Plan, id: string): Build {
  const build = builds.find((one) => one.id === id);
  if (build) return build;
  throw new HarnessError('scenario', `the plan has no build ${id}`, {
    remedy: 'make the plan again: p2plab plan --json',
  });
}

/** Files of the plan's patches, under their own names. */
export async function writePatches({ patches }: Pick<Plan, 'patches'>, out: string): Promise<string[]> {
  return Promise.all(
    patches.map(async ({ name, text }, n) => {
      const file = path.join(out, 'patches', `${n + 1}`, path.basename(name));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    }),
  );
}
