import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { acquireLock } from './common/file-lock.js';
import { HarnessError } from './common/errors.js';
import type { Progress } from './common/progress.js';
import { bundleDir, readBundle, sealBundle } from './jobs/bundle.js';
import type { Build, Job, Plan } from './jobs/plan-document.js';
import { planVariants } from './jobs/plan-variants.js';
import { plannedImage, plannedKernel } from './jobs/planned-artifacts.js';
import type { Kernel } from './kernel/kernel.js';
import type { Image } from './image/image.js';
import { loadRun } from './report/load-run.js';
import type { Reporter } from './report/reporter.js';
import type { Result } from './report/run-document.js';
import { runInFolder } from './run-in-folder.js';

export type JobsRequest = {
  plan: Plan;
  /** Those of the plan that are run here. */
  jobs: readonly Job[];
  /** Builds of the plan that are wanted besides those of the jobs. */
  builds?: readonly Build[];
  /** Gets a folder for each job. */
  out: string;
  /** So many at the same time; what wants the machine alone runs alone. */
  atOnce: number;
  /** Besides events.jsonl and run.json of each job. */
  reporters: (job: Job, dir: string) => Reporter[];
  complain: (line: string) => void;
  /** A kernel or image is there. */
  onBuild: (build: Build, cached: boolean) => void;
  progress: Progress;
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
  const variants = planVariants(plan);
  const artifacts = await planArtifacts(request, signal);
  const runOne = async (job: Job): Promise<[string, Result]> => {
    const dir = await bundleDir(out, job);
    await using _lock = await acquireLock(path.join(out, '.locks', job.id), signal);
    const there = await resultThere(dir);
    if (there) {
      request.onBundle(job, there, true);
      return [job.id, there];
    }
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir);
    const { settings, harness } = plan;
    const kernel = artifacts.kernels.get(job.kernel)!;
    const image = artifacts.images.get(job.image)!;
    const { accelerator, controls, without, coverage, cost } = settings;
    const [result] = await runInFolder(
      {
        ...{ id: job.id, dir, jobs: 1, accelerator, controls, without, coverage, cost },
        ...{ variants: [variants.get(job.id)!], kernel: kernel.name, image: image.name },
        ...{ extraPatches: artifacts.patches, ready: { kernel, image } },
      },
      { reporters: request.reporters(job, dir), complain: request.complain },
      signal,
    );
    await sealBundle(dir, { job, harness }, result!.outcome);
    request.onBundle(job, result!, false);
    return [job.id, result!];
  };
  const alone = jobs.filter(({ needs }) => needs.exclusive);
  const together = jobs.filter(({ needs }) => !needs.exclusive);
  const done = new Map([
    ...(await pLimit(atOnce).map(together, runOne)),
    ...(await pLimit(1).map(alone, runOne)),
  ]);
  return jobs.map(({ id }) => done.get(id)!);
}

/** All kernels and images that jobs and builds want, each looked up or built once. */
async function planArtifacts(request: JobsRequest, signal: AbortSignal) {
  const { plan, jobs, out, builds = [], progress, onBuild } = request;
  const patches = await writePatches(plan, out);
  const kernels = new Map<string, Kernel>();
  const images = new Map<string, Image>();
  const wanted = new Set([...jobs.flatMap(({ dependsOn }) => dependsOn), ...builds.map(({ id }) => id)]);
  for (const id of wanted) {
    const build = buildOf(plan, id);
    const options = { patches, signal, progress };
    const artifact =
      build.kind === 'kernel' ? await plannedKernel(build, options) : await plannedImage(build, options);
    if ('bzImage' in artifact) kernels.set(id, artifact);
    else images.set(id, artifact);
    onBuild(build, artifact.cached);
  }
  return { patches, kernels, images };
}

/** What is there of a job that need not be run again. */
async function resultThere(dir: string): Promise<Result | undefined> {
  const bundle = await readBundle(dir);
  if (bundle?.document === undefined || bundle.document.outcome === 'broken') return undefined;
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
export async function writePatches({ patches }: Plan, out: string): Promise<string[]> {
  return Promise.all(
    patches.map(async ({ name, text }, n) => {
      const file = path.join(out, 'patches', `${n + 1}`, path.basename(name));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    }),
  );
}
