import type { Choice } from './choose-bundles.js';
import { harnessText, type Plan } from './plan-document.js';

/** What a reader must know of bundles before believing what was made of them; empty when there is a good one for each job. */
export function choiceText({ missing, duplicates, foreign, damaged }: Choice): string {
  const lines = [
    ...missing.map(({ id, title }) => `missing: ${title} (${id})`),
    ...duplicates.map(({ job, chosen, others }) => {
      const outcomes = [chosen, ...others].map(({ document }) => document.outcome);
      const differ = new Set(outcomes).size > 1;
      const what = differ
        ? `ran ${outcomes.length} times and is not stable: ${outcomes.join(', ')}`
        : `ran ${outcomes.length} times, each ${outcomes[0]}`;
      return `duplicate: ${job.title} ${what}; ${chosen.dir} counts`;
    }),
    ...foreign.map(({ bundle, why }) => `left out: ${bundle.document.job.title} in ${bundle.dir}: ${why}`),
    ...damaged.map(({ dir, problem }) => `damaged, left out: ${dir}: ${problem}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Bundles that another p2plab made than the one that merges them. */
export type OtherHarness = { harness: string; bundles: number; of: number; ours: string };

export function otherHarnesses(
  { chosen, duplicates, foreign }: Choice,
  own: Plan['harness'],
): OtherHarness[] {
  const others = duplicates.flatMap((duplicate) => duplicate.others);
  const all = [...chosen, ...others, ...foreign.map(({ bundle }) => bundle)];
  const made = all.map(({ document }) => harnessText(document.harness));
  const ours = harnessText(own);
  const versions = [...new Set(made)].filter((version) => version !== ours);
  return versions.map((version) => ({
    harness: version,
    bundles: made.filter((one) => one === version).length,
    ...{ of: made.length, ours },
  }));
}

/** Results stand as the p2plab judged them that ran the job; the reports are of the one that merges. */
export const otherHarnessText = (others: readonly OtherHarness[]): string =>
  others
    .map(
      ({ harness, bundles, of, ours }) =>
        `of another p2plab: ${bundles} of ${of} bundles, judged by ${harness}; this is ${ours}\n`,
    )
    .join('');
