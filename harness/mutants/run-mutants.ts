import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { formatDuration } from '../common/size.js';
import { killOrder, setId, titleOf, variantId, type Candidate } from './choose-scenarios.js';
import { isKill, judgeMutant } from './judge-mutant.js';
import type { Lab, LabKernel } from './lab.js';
import { loadMutants, saveMutants, type MutantEntry, type MutantsDocument } from './mutants-document.js';
import type { Mutant } from './read-mutant.js';
import { passedBaseline, runBaseline } from './run-baseline.js';
import { stillHolds } from './still-holds.js';

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
    const tried = killOrder(mutant, candidates, areaOnly);
    const now = { patchId: contentId([mutant.text]), baseKernel: kernel.id, scenarios: setId(tried), tried };
    const known = document.mutants.find(({ name }) => name === mutant.name);
    const place = `${index + 1}/${mutants.length} ${mutant.name}`;
    const reused = known !== undefined && stillHolds(known, now);
    const found = reused
      ? { ...known, ...headerOf(mutant) }
      : await findOut({ mutant, place, ...now }, dir, lab);
    document.mutants = [...document.mutants.filter(({ name }) => name !== mutant.name), found];
    await saveMutants(dir, document);
    lab.tell(`${place}: ${stateText(found)}${reused ? ', as found before' : ''}\n`);
  }
  return { ...document, mutants: mutants.map(({ name }) => document.mutants.find((e) => e.name === name)!) };
}

/** An earlier start's, if it was about the same kernel. */
async function openDocument(dir: string, { name, release, id }: LabKernel): Promise<MutantsDocument> {
  const found = await loadMutants(dir);
  if (found?.kernel.id === id) return found;
  return { schema: 'p2plab.mutants/1', kernel: { name, release, id }, baseline: [], mutants: [] };
}

type Question = { mutant: Mutant; place: string; tried: readonly Candidate[] } & Pick<
  MutantEntry,
  'patchId' | 'baseKernel' | 'scenarios'
>;

async function findOut(
  { mutant, place, tried, ...now }: Question,
  dir: string,
  lab: Lab,
): Promise<MutantEntry> {
  const patches = [mutant.file];
  const began = performance.now();
  const entry = {
    ...headerOf(mutant),
    ...now,
    variantsRun: 0,
    buildMs: 0,
    runMs: 0,
    at: new Date().toISOString(),
  };
  lab.tell(`${place}: building\n`);
  try {
    await lab.kernel(patches);
  } catch (error) {
    if (!(error instanceof HarnessError) || error.blame !== 'scenario') throw error;
    return { ...entry, state: 'does-not-build', problem: error.message };
  }
  const built = performance.now();
  const variants = tried.map(({ scenario }) => scenario);
  const run = { variants, patches, dir: path.join(dir, mutant.name), until: isKill };
  const results = variants.length === 0 ? [] : await lab.run(run);
  const { cause, ...judged } = judgeMutant(results);
  const by = tried.find((candidate) => titleOf(candidate) === cause?.title);
  return {
    ...entry,
    ...judged,
    ...(cause && by && { cause: { ...cause, variantId: variantId(by) } }),
    variantsRun: results.length,
    buildMs: Math.round(built - began),
    runMs: Math.round(performance.now() - built),
  };
}

const headerOf = ({ name, area, class: kind, rule, equivalent }: Mutant) => {
  return { name, area, class: kind, rule, ...(equivalent !== undefined && { equivalent }) };
};

function stateText({ state, cause, problem, variantsRun, runMs }: MutantEntry): string {
  const after = `${variantsRun} ${variantsRun === 1 ? 'variant' : 'variants'}, ${formatDuration(runMs)}`;
  if (cause) return `${state} by ${cause.title} (${after}): ${cause.reason}`;
  return problem === undefined ? `${state} (${after})` : `${state} (${after}): ${problem}`;
}
