import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bundleLab } from './bundle-lab.js';
import { allAttempts, firstJobs } from '../jobs/attempts.js';
import type { Bundle } from '../jobs/bundle.js';
import { chooseBundles, type Choice } from '../jobs/choose-bundles.js';
import { artifactIdOf } from '../jobs/planned-artifacts.js';
import type { Job, Plan, PlannedSeries } from '../jobs/plan-document.js';
import { planVariants } from '../jobs/plan-variants.js';
import { writePatches } from '../run-jobs.js';
import { runSeries, type SeriesRequest } from './run-series.js';
import type { SeriesLab } from './series-lab.js';
import type { Grid } from '../series/grid.js';

export type MergedSeries = {
  grid: Grid;
  /** `missing` are first runs without a bundle that something depends on. */
  choice: Choice;
  /** Runs that what is there makes necessary: what did not pass is run again. */
  wanted: Job[];
};

/** A plan of a series. */
export type SeriesPlan = Plan & { series: PlannedSeries };

/**
 * What `p2plab series` would have found, by the bundles of a plan's jobs and by the same decisions.
 * @param tools checkpatch and compiler, of this machine
 * @param told gets the grid as it grows
 */
export async function mergeSeries(
  plan: SeriesPlan,
  bundles: readonly Bundle[],
  request: SeriesRequest,
  tools: Pick<SeriesLab, 'checkpatch' | 'addedWarnings'>,
  told: (grid: Grid) => Promise<void>,
  signal: AbortSignal,
): Promise<MergedSeries> {
  const attempts = await allAttempts(plan);
  const choice = chooseBundles({ ...plan, jobs: [...attempts.values()].flat() }, bundles);
  const byId = new Map(choice.chosen.map((bundle) => [bundle.document.job.id, bundle]));
  const { series } = plan;
  const { id, dir } = request;
  const lab = bundleLab({ series, attempts, bundles: byId, tools, id, dir });
  // of this series alone: what another machine found is not on record here
  const recordDir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-merge-'));
  try {
    const grid = await runSeries({ ...request, recordDir }, lab, told, signal);
    const { missing, wanted } = lab.asked;
    return { grid: withRunTimes(grid), choice: { ...choice, missing }, wanted };
  } finally {
    await rm(recordDir, { recursive: true, force: true });
  }
}

/** What took time are the runs, wherever they were, and not their merging. */
function withRunTimes({ columns, rows }: Grid): Grid {
  const seconds = columns.map((_, n) => rows.reduce((sum, { cells }) => sum + (cells[n]!.seconds ?? 0), 0));
  return {
    rows,
    columns: columns.map((column, n) => ({ ...column, seconds: Math.round(seconds[n]! * 10) / 10 })),
  };
}

/** The request that `p2plab series` would have made, with the plan's patches written into its folder. */
export async function seriesRequest(
  plan: SeriesPlan,
  { id, dir }: { id: string; dir: string },
): Promise<SeriesRequest> {
  const { series, settings, builds } = plan;
  const variants = planVariants(plan);
  const base = firstJobs(plan).filter(({ kernel }) => kernel === series.prefixes[0]!.kernel);
  const image = builds.find(({ kind }) => kind === 'image')!;
  const { form, origin, title, version, messageId, baseCommit, prerequisites, patches } = series;
  const { kernel, each, retries } = series;
  const { accelerator, controls, without } = settings;
  return {
    ...{ id, dir, jobs: 1, accelerator, controls, without, kernel, each, retries },
    series: { form, origin, title, version, messageId, baseCommit, prerequisites, patches },
    variants: base.map((job) => variants.get(job.id)!),
    before: await writePatches({ patches: plan.patches.slice(0, series.before) }, dir),
    ...{ image: image.name, imageId: artifactIdOf(image), reuse: false, retryMs: 24 * 3600_000 },
  };
}

/** The plan of what is to be run besides, `open`; all other jobs are done. */
export const followingPlan = (plan: Plan, open: readonly Job[]): Plan => {
  const known = new Set(plan.jobs.map(({ id }) => id));
  const isOpen = new Set(open.map(({ id }) => id));
  return {
    ...plan,
    jobs: [...plan.jobs, ...open.filter(({ id }) => !known.has(id))],
    done: plan.jobs.flatMap(({ id }) => (isOpen.has(id) ? [] : id)),
  };
};
