import type { Result } from '../report/run-document.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { MutantEntry } from './mutants-document.js';

/** A result that ends the search: only the kernel's fault is one. */
export const isKill = ({ outcome }: Pick<Result, 'outcome'>): boolean => outcome === 'fail';

type Judged = Pick<MutantEntry, 'state' | 'problem'> & {
  cause?: Omit<NonNullable<MutantEntry['cause']>, 'variantId'>;
};

/**
 * What the results of a mutant's kernel say. A kernel that does not boot was not killed by a scenario: any would have
 * noticed. Skipped variants say nothing; broken ones leave it open whether the mutant would have survived them.
 */
export function judgeMutant(results: readonly Result[]): Judged {
  const kill = results.find(isKill);
  if (kill) return { state: hasBooted(kill) ? 'killed' : 'does-not-boot', cause: causeOf(kill) };
  const broken = results.filter(({ outcome }) => outcome === 'broken');
  if (broken.length > 0) {
    const [{ scenario, variant, reasons }] = broken as [Result];
    return { state: 'broken', problem: `${scenarioTitle(scenario, variant)}: ${reasons[0] ?? 'no reason'}` };
  }
  if (results.some(({ outcome }) => outcome === 'pass')) return { state: 'survived' };
  return { state: 'broken', problem: 'no scenario ran' };
}

const hasBooted = ({ phases }: Result): boolean => phases.sshMs !== undefined;

const causeOf = ({ scenario, variant, checks, reasons }: Result) => ({
  title: scenarioTitle(scenario, variant),
  check: checks.find(({ ok }) => !ok)?.name ?? '',
  reason: reasons[0] ?? '',
});
