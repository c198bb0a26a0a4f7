import { contentId } from '../common/artifact-store.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import type { Mutant } from './read-mutant.js';

/** A variant that may kill, with what its place in the order follows from. */
export type Candidate = { scenario: Scenario; area: string; seconds: number };

export const titleOf = ({ scenario }: Candidate): string => scenarioTitle(scenario.name, scenario.variant);

/** Variants that are not for a kernel of their own: a mutant of the base kernel says nothing about those. */
export const forKernel = (candidates: readonly Candidate[], kernel: string): Candidate[] =>
  candidates.filter(({ scenario }) => scenario.kernel === undefined || scenario.kernel === kernel);

/**
 * The order that finds a kill cheaply: what killed it on an earlier kernel, then the mutant's area, then all others,
 * the quickest of each first.
 * @param areaOnly leaves out the others
 * @param killer the title of a variant
 */
export function killOrder(
  { area }: Pick<Mutant, 'area'>,
  candidates: readonly Candidate[],
  areaOnly: boolean,
  killer?: string,
): Candidate[] {
  const rank = (candidate: Candidate) =>
    titleOf(candidate) === killer ? 0 : candidate.area === area ? 1 : 2;
  const wanted = areaOnly ? candidates.filter((candidate) => candidate.area === area) : candidates;
  return [...wanted].sort((a, b) => rank(a) - rank(b) || a.seconds - b.seconds);
}

/** The same as long as nothing changes in what the variant does and expects, wherever it is and however it is called. */
export function variantId({ scenario }: Candidate): string {
  const { file: _file, title: _title, tags: _tags, ...rest } = scenario;
  return contentId([JSON.stringify(rest)]);
}

/** Of variants in any order. */
export const setId = (candidates: readonly Candidate[]): string =>
  contentId(candidates.map(variantId).sort());
