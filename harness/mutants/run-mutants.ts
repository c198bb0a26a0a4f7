import { contentId } from '../common/artifact-store.js';
import { formatDuration } from '../common/size.js';
import { killOrder, setId, type Candidate } from './choose-scenarios.js';
import type { Lab, LabKernel } from './lab.js';
import { loadMutants, saveMutants, type MutantEntry, type MutantsDocument } from './mutants-document.js';
import type { Mutant } from './read-mutant.js';
import { passedBaseline, runBaseline } from './run-baseline.js';
import { stillHolds } from './still-holds.js';
import { tryMutant } from './try-mutant.js';

export type MutantsRequest = {
  mutants: readonly Mutant[];
  candidates: readonly Candidate[];
  /** Only scenarios of the mutant's own area. */
  areaOnly: boolean;
  /** Whether the scenarios are asked on the unmodified kernel first. */
  baseline: boolean;
  /** mutants.json, and a run folder for each mutant. What an earlier start left is used as far as it holds. */
  dir: string;
};

/**
 * Builds each mutant and runs scenarios on it until one fails. The document in the folder is written after each.
 * @returns the document, of these mutants in their order
 * @throws HarnessError when the base kernel cannot be built or nothing can be run at all; Interrupted
 */
export async function runMutants(request: MutantsRequest, lab: Lab): Promise<MutantsDocument> {
  const { mutants, areaOnly, dir } = request;
  const kernel = await lab.kernel([]);
  const document = await openDocument(dir, kernel);
  let candidates = [...request.candidates];
  if (request.baseline) {
    const areas = new Set<string>(mutants.map(({ area }) => area));
    const wanted = areaOnly ? candidates.filter(({ area }) => areas.has(area)) : candidates;
    await runBaseline(wanted, document, dir, lab);
    candidates = passedBaseline(wanted, document);
  }
  for (const [index, mutant] of mutants.entries()) {
    const known = document.mutants.find(({ name }) => name === mutant.name);
    const tried = killOrder(mutant, candidates, areaOnly, known?.cause?.title);
    const now = { patchId: contentId([mutant.text]), baseKernel: kernel.id, scenarios: setId(tried), tried };
    const place = `${index + 1}/${mutants.length} ${mutant.name}`;
    const reused = known !== undefined && stillHolds(known, now);
    const found = reused ? known : await tryMutant({ mutant, place, ...now }, dir, lab);
    document.mutants = [...document.mutants.filter(({ name }) => name !== mutant.name), found];
    await saveMutants(dir, document);
    lab.tell(`${place}: ${stateText(found)}${reused ? ', as found before' : ''}\n`);
  }
  return { ...document, mutants: mutants.map(({ name }) => document.mutants.find((e) => e.name === name)!) };
}

/** An earlier start's. Of one on another kernel nothing holds, but what killed there is tried first. */
async function openDocument(dir: string, { name, release, id }: LabKernel): Promise<MutantsDocument> {
  const found = await loadMutants(dir);
  if (found?.kernel.id === id) return found;
  return {
    schema: 'p2plab.mutants/1',
    kernel: { name, release, id },
    baseline: [],
    mutants: found?.mutants ?? [],
  };
}

function stateText({ state, cause, problem, variantsRun, runMs }: MutantEntry): string {
  const after = `${variantsRun} ${variantsRun === 1 ? 'variant' : 'variants'}, ${formatDuration(runMs)}`;
  if (cause) return `${state} by ${cause.title} (${after}): ${cause.reason}`;
  return problem === undefined ? `${state} (${after})` : `${state} (${after}): ${problem}`;
}
