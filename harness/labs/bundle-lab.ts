import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import type { GoodBundle } from '../jobs/choose-bundles.js';
import { mergeBundles } from '../jobs/merge-bundles.js';
import { failureOf } from '../jobs/not-built.js';
import { artifactIdOf } from '../jobs/planned-artifacts.js';
import type { Job, PlannedSeries } from '../jobs/plan-document.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { SeriesLab } from './series-lab.js';
import { triesNeeded, type Try } from '../series/tries.js';
import { tryOf } from './try-once.js';

export type BundleLab = SeriesLab & {
  /** Runs that were asked for and have no bundle: a variant's first, and those that what is there makes necessary. */
  asked: { missing: Job[]; wanted: Job[] };
};

export type BundleLabInputs = {
  series: PlannedSeries;
  /** Each first job, with all runs that may follow. */
  attempts: ReadonlyMap<Job, readonly Job[]>;
  /** By job id. */
  bundles: ReadonlyMap<string, GoodBundle>;
  /** What needs the kernel's source and a compiler. */
  tools: Pick<SeriesLab, 'checkpatch' | 'addedWarnings'>;
  /** Of the series that is made. */
  id: string;
  dir: string;
};

/** Finds out about a series by what jobs left, wherever they ran: what a lab of kernels and VMs would have said. */
export function bundleLab({ series, attempts, bundles, tools, id, dir }: BundleLabInputs): BundleLab {
  const asked: BundleLab['asked'] = { missing: [], wanted: [] };
  const tries = new Map<Job, Try[]>();
  const kernelAfter = (patches: readonly string[]): string =>
    series.prefixes.find(({ count }) => series.before + count === patches.length)!.kernel;
  const jobOf = (kernel: string, title: string): Job =>
    [...attempts.keys()].find(
      (job) => job.kernel === kernel && scenarioTitle(job.scenario, job.variant) === title,
    )!;
  /** The next run of a job that is on record, or notes that there is none. */
  const next = (job: Job): GoodBundle | undefined => {
    const before = tries.get(job) ?? [];
    const bundle = bundles.get(attempts.get(job)![before.length]!.id);
    if (bundle && !bundle.document.notBuilt) return bundle;
    if (before.length === 0) asked.missing.push(job);
    const needed = triesNeeded(before, series.retries);
    if (before.length > 0)
      asked.wanted.push(...attempts.get(job)!.slice(before.length, before.length + needed));
    return undefined;
  };
  return {
    asked,
    ...tools,
    async kernel(patches) {
      const kernel = kernelAfter(patches);
      const documents = [...bundles.values()].filter(({ document }) => document.job.kernel === kernel);
      const image = documents.flatMap(({ document }) => document.kernelImage ?? [])[0];
      const failed = documents.find(({ document }) => document.notBuilt !== undefined);
      if (failed && image === undefined) throw failureOf(failed.dir, failed.document.notBuilt!);
      return { id: artifactIdOf({ id: kernel }), bzImage: image ?? kernel, cached: true };
    },
    keys:
      async ({ bzImage }) =>
      async ({ file: _, ...meant }) =>
        contentId([bzImage, JSON.stringify(meant)]),
    patchCoverage: async () => undefined,
    async tryOnce(variants, patches, folder) {
      const kernel = kernelAfter(patches);
      const jobs = variants.map(({ name, variant }) => jobOf(kernel, scenarioTitle(name, variant)));
      const found = jobs.map(next);
      const chosen = found.filter((bundle) => bundle !== undefined);
      if (chosen.length === 0) return jobs.map(() => undefined);
      const out = path.join(dir, folder);
      const results = await mergeBundles(
        { jobs: chosen.map((one) => one.document.job) },
        { chosen, missing: [] },
        { id, out },
      );
      return found.map((bundle, n) => {
        if (bundle === undefined) return undefined;
        const one = tryOf(results[chosen.indexOf(bundle)]!, folder);
        tries.set(jobs[n]!, [...(tries.get(jobs[n]!) ?? []), one]);
        return one;
      });
    },
  };
}
