import type { Choice } from './choose-bundles.js';

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
