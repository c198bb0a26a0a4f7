import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { PatchSeries } from '../series/patch-series.js';
import { writePatches } from '../series/write-patches.js';
import { makePlan, type PlanRequest } from './make-plan.js';
import type { Build, Plan, PlannedSeries } from './plan-document.js';

export type SeriesPlanRequest = Omit<PlanRequest, 'kernel' | 'patches' | 'coverage' | 'cost'> & {
  series: PatchSeries;
  /** The definition of what it is put upon. */
  kernel: string;
  /** Files of patches that come before it. */
  before: readonly string[];
  each: boolean;
  retries: number;
};

/**
 * The first run of each variant on each prefix of a series. What else is to be run depends on what these say: merging
 * their bundles tells it.
 * @throws HarnessError as makePlan()
 */
export async function makeSeriesPlan(request: SeriesPlanRequest, signal: AbortSignal): Promise<Plan> {
  const { series, kernel, before, each, retries } = request;
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-series-'));
  try {
    const files = [...before, ...(await writePatches(series, dir))];
    const plans: Plan[] = [];
    const prefixes: PlannedSeries['prefixes'] = [];
    for (const count of prefixCounts(series, each)) {
      const patches = files.slice(0, before.length + count);
      const plan = await makePlan({ ...request, patches, coverage: false, cost: false }, signal);
      plans.push(onPrefix(plan, count, patches.length));
      prefixes.push({ count, kernel: plan.builds[0]!.id });
    }
    const whole = plans.at(-1)!;
    const kernels = plans.map(({ builds }) => builds[0]!);
    return {
      ...whole,
      series: { ...series, kernel, before: before.length, each, retries, prefixes },
      builds: [...kernels, ...whole.builds.slice(1)],
      jobs: plans.flatMap(({ jobs }) => jobs),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Of how many patches the prefixes are: the base, then all or only the whole. */
export const prefixCounts = ({ patches }: Pick<PatchSeries, 'patches'>, each: boolean): number[] => [
  0,
  ...patches.map((_, n) => n + 1).filter((n) => each || n === patches.length),
];

/** The column of a prefix. */
export const prefixName = (count: number): string => (count === 0 ? 'base' : `${count}`);

function onPrefix(plan: Plan, count: number, patches: number): Plan {
  const [kernel, ...rest] = plan.builds;
  const jobs = plan.jobs.map((job) => ({ ...job, title: `${prefixName(count)}: ${job.title}` }));
  return { ...plan, builds: [{ ...withoutPlaces(kernel!), patches }, ...rest], jobs };
}

/** Patches lie elsewhere on each machine. */
function withoutPlaces(kernel: Build): Build {
  const { provenance } = kernel;
  if (!provenance) return kernel;
  const series = provenance.series.map((one) => ({
    ...one,
    patches: one.patches.map((file) => path.basename(file)),
  }));
  return { ...kernel, provenance: { ...provenance, series } };
}
