import path from 'node:path';
import { scenarioTitle } from '../scenario/scenario.js';
import { titleOf, variantId, type Candidate } from './choose-scenarios.js';
import type { Lab } from './lab.js';
import { saveMutants, type BaselineResult, type MutantsDocument } from './mutants-document.js';

/**
 * Runs the candidates on the unmodified kernel: what does not pass there can kill nothing. What an earlier start has
 * found of the same kernel stands, except failures, which may have been chance. The document has each result at once.
 */
export async function runBaseline(
  candidates: readonly Candidate[],
  document: MutantsDocument,
  dir: string,
  lab: Lab,
): Promise<void> {
  const known = new Set(
    document.baseline
      .filter(({ outcome }) => outcome === 'pass' || outcome === 'skip')
      .map((r) => r.variantId),
  );
  const missing = candidates.filter((candidate) => !known.has(variantId(candidate)));
  if (missing.length === 0) return;
  lab.tell(`baseline: ${missing.length} variants on the unmodified kernel\n`);
  await lab.run({
    variants: missing.map(({ scenario }) => scenario),
    patches: [],
    dir: path.join(dir, 'baseline'),
    onResult: async ({ scenario, variant, outcome, reasons, phases }) => {
      const title = scenarioTitle(scenario, variant);
      const id = variantId(missing.find((candidate) => titleOf(candidate) === title)!);
      const result: BaselineResult = {
        title,
        variantId: id,
        outcome,
        reason: reasons[0] ?? '',
        seconds: (phases.wallMs ?? 0) / 1e3,
      };
      document.baseline = [...document.baseline.filter((r) => r.variantId !== id), result];
      await saveMutants(dir, document);
    },
  });
}

/** Candidates that passed on the unmodified kernel, with the time that it took there. */
export const passedBaseline = (
  candidates: readonly Candidate[],
  { baseline }: Pick<MutantsDocument, 'baseline'>,
): Candidate[] =>
  candidates.flatMap((candidate) => {
    const id = variantId(candidate);
    const passed = baseline.find((result) => result.variantId === id && result.outcome === 'pass');
    return passed ? [{ ...candidate, seconds: passed.seconds }] : [];
  });
