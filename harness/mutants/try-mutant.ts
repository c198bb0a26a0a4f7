import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { titleOf, variantId } from './choose-scenarios.js';
import { isKill, judgeMutant } from './judge-mutant.js';
import type { Lab } from './lab.js';
import type { MutantEntry } from './mutants-document.js';
import type { Mutant } from './read-mutant.js';
import type { Now } from './still-holds.js';

/** The mutant, how progress names it, and the variants to try in this order. */
export type Trial = Now & { mutant: Mutant; place: string };

/**
 * Builds a mutant and runs variants on it until one fails.
 * @param dir the run folder is below it, by the mutant's name
 * @throws HarnessError when it is not the mutant's fault: the host's, the harness's; Interrupted
 */
export async function tryMutant(
  { mutant, place, tried, ...now }: Trial,
  dir: string,
  lab: Lab,
): Promise<MutantEntry> {
  const patches = [mutant.file];
  const began = performance.now();
  lab.tell(`${place}: building\n`);
  const problem = await buildProblem(lab, patches);
  const built = performance.now();
  const known = { ...headerOf(mutant), ...now, buildMs: Math.round(built - began) };
  if (problem !== undefined)
    return { ...known, ...ended(), state: 'does-not-build', problem, variantsRun: 0, runMs: 0 };
  const variants = tried.map(({ scenario }) => scenario);
  const run = { variants, patches, dir: path.join(dir, mutant.name), until: isKill };
  const results = variants.length === 0 ? [] : await lab.run(run);
  const { cause, ...judged } = judgeMutant(results);
  const by = tried.find((candidate) => titleOf(candidate) === cause?.title);
  return {
    ...known,
    ...ended(),
    ...judged,
    ...(cause && by && { cause: { ...cause, variantId: variantId(by) } }),
    variantsRun: results.length,
    runMs: Math.round(performance.now() - built),
  };
}

/** What the header of a mutant says, for its entry. */
const headerOf = ({ name, area, class: kind, rule, equivalent }: Mutant) => {
  return { name, area, class: kind, rule, ...(equivalent !== undefined && { equivalent }) };
};

const ended = () => ({ at: new Date().toISOString() });

/** What the compiler or git apply has against the mutant. */
async function buildProblem(lab: Lab, patches: readonly string[]): Promise<string | undefined> {
  try {
    await lab.kernel(patches);
    return undefined;
  } catch (error) {
    if (error instanceof HarnessError && error.blame === 'scenario') return error.message;
    throw error;
  }
}
