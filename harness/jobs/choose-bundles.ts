import type { Bundle, BundleDocument } from './bundle.js';
import { harnessText, type Job, type Plan } from './plan-document.js';

export type GoodBundle = { dir: string; document: BundleDocument };

/** What there is of a plan's jobs. */
export type Choice = {
  /** One for each job that has any, in the order of the plan. */
  chosen: GoodBundle[];
  missing: Job[];
  /** Jobs with more than one bundle: which counts, and what the others said. */
  duplicates: { job: Job; chosen: GoodBundle; others: GoodBundle[] }[];
  /** Bundles of no job of the plan, and in what they differ from one. */
  foreign: { bundle: GoodBundle; why: string }[];
  damaged: { dir: string; problem: string }[];
};

/**
 * What counts where a job ran more than once: a failure, since a second run does not take it back; what the host broke
 * says least. Of the same outcome the one that ended first. One that ran outranks one for which there was no kernel.
 */
const outranks: readonly BundleDocument['outcome'][] = ['fail', 'pass', 'skip', 'broken'];

/** Sorts bundles by the jobs of a plan. */
export function chooseBundles(plan: Plan, bundles: readonly Bundle[]): Choice {
  const good = bundles.flatMap(({ dir, document }) => (document ? [{ dir, document }] : []));
  const choice: Choice = { chosen: [], missing: [], duplicates: [], foreign: [], damaged: [] };
  for (const { dir, problem } of bundles) if (problem !== undefined) choice.damaged.push({ dir, problem });
  for (const job of plan.jobs) {
    const [first, ...others] = good.filter(({ document }) => document.job.id === job.id).sort(byRank);
    if (first === undefined) choice.missing.push(job);
    else choice.chosen.push(first);
    if (first && others.length > 0) choice.duplicates.push({ job, chosen: first, others });
  }
  const ids = new Set(plan.jobs.map(({ id }) => id));
  choice.foreign = good
    .filter(({ document }) => !ids.has(document.job.id))
    .map((bundle) => ({ bundle, why: whyForeign(plan, bundle.document) }));
  return choice;
}

const hasRun = ({ document }: GoodBundle): number => (document.notBuilt === undefined ? 0 : 1);

const byRank = (a: GoodBundle, b: GoodBundle): number =>
  hasRun(a) - hasRun(b) ||
  outranks.indexOf(a.document.outcome) - outranks.indexOf(b.document.outcome) ||
  (a.document.endedAt < b.document.endedAt ? -1 : a.document.endedAt > b.document.endedAt ? 1 : 0) ||
  (a.dir < b.dir ? -1 : 1);

function whyForeign(plan: Plan, { job, harness }: BundleDocument): string {
  const same = plan.jobs.find(({ title }) => title === job.title);
  if (!same) return 'the plan has no such job';
  const versions = [harness, plan.harness].map(harnessText);
  if (versions[0] !== versions[1]) return `of p2plab ${versions[0]}, the plan is of ${versions[1]}`;
  if (job.kernel !== same.kernel) return `on ${job.kernel}, the plan has ${same.kernel}`;
  if (job.image !== same.image) return `with ${job.image}, the plan has ${same.image}`;
  return 'of another text of the scenario, or run with other settings';
}
