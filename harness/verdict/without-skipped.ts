import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import type { Expectation } from '../scenario/scenario.js';

/** Why a step skipped itself, if it did. */
export const skippedBecause = ({ samples }: StepEvidence): string | undefined => {
  const why = samples.find(({ name }) => name === 'skip')?.value;
  return why === undefined ? undefined : `${why}`;
};

/**
 * The evidence without what is expected of steps that skipped themselves: they show nothing of it, and that is all that
 * they excuse. What the kernel says or loses meanwhile is as wrong as ever.
 */
export function withoutSkipped(evidence: Evidence): Evidence {
  const skipped = evidence.steps.filter((step) => skippedBecause(step) !== undefined).map(({ name }) => name);
  if (skipped.length === 0) return evidence;
  const expect = evidence.scenario.expect.filter((e) => !skipped.some((step) => leansOn(e, step)));
  return { ...evidence, scenario: { ...evidence.scenario, expect } };
}

function leansOn(expectation: Expectation, step: string): boolean {
  if (expectation.type === 'data') return expectation.steps.includes(step);
  if (expectation.type === 'log') return false;
  const samples = expectation.type === 'ratio' ? [expectation.of, expectation.to] : [expectation.of];
  return samples.some((sample) => sample.startsWith(`${step}.`));
}
