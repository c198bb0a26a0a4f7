import type { OtherHarness } from '../jobs/choice-text.js';
import type { Choice } from '../jobs/choose-bundles.js';

/** merge.json: which bundle each result is of, and what was not used. */
export function mergeJson(
  { chosen, missing, duplicates, foreign, damaged }: Choice,
  others: readonly OtherHarness[],
): string {
  const document = {
    bundles: chosen.map(({ dir, document: { job, outcome, endedAt } }) => ({
      job: job.id,
      dir,
      outcome,
      endedAt,
    })),
    missing: missing.map(({ id, title }) => ({ job: id, title })),
    duplicates: duplicates.flatMap(({ job, others }) =>
      others.map(({ dir, document }) => ({ job: job.id, dir, outcome: document.outcome })),
    ),
    foreign: foreign.map(({ bundle, why }) => ({ job: bundle.document.job.id, dir: bundle.dir, why })),
    damaged,
    otherHarnesses: others.map(({ harness, bundles }) => ({ harness, bundles })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
