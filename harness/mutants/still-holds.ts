import { variantId, type Candidate } from './choose-scenarios.js';
import type { MutantEntry } from './mutants-document.js';

/** What an entry depends on, as it is now. */
export type Now = Pick<MutantEntry, 'patchId' | 'baseKernel' | 'scenarios'> & { tried: readonly Candidate[] };

/**
 * Whether what is known of a mutant needs no other run. A kill stands as long as the variant that killed is the same
 * and still among those to try; having survived is a matter of all of them. All else is tried again.
 */
export function stillHolds(entry: MutantEntry, { patchId, baseKernel, scenarios, tried }: Now): boolean {
  if (entry.patchId !== patchId || entry.baseKernel !== baseKernel) return false;
  if (entry.state === 'survived') return entry.scenarios === scenarios;
  const by = entry.cause?.variantId;
  return entry.state === 'killed' && tried.some((candidate) => variantId(candidate) === by);
}
