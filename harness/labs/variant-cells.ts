import path from 'node:path';
import type { Judging, Prefix } from './judge-prefix.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import type { Cell } from '../series/grid.js';
import { knownResult, rememberResult } from '../series/known-results.js';
import { cellOf, type Try } from '../series/tries.js';
import { tryUntilSettled } from '../series/try-until-settled.js';

export type VariantCells = { boots: Cell; byTitle: Map<string, Cell> };

type Keyed = { scenario: Scenario; title: string; key: string };

/**
 * A prefix's cells of all variants, by title, and whether it boots. A variant whose result on a kernel that is the
 * same bit by bit is on record is not run again. The first that has to be run is run alone: when its guest does not
 * come up, the others would not either.
 */
export async function variantCells(prefix: Prefix, judging: Judging): Promise<VariantCells> {
  const byTitle = new Map<string, Cell>();
  const { known, unknown } = await lookUp(await keyed(prefix, judging), prefix, judging);
  for (const { title, cell, booted } of known) if (booted) byTitle.set(title, cell);
  let boots = bootsOfKnown(known);
  const nextPlace = places(prefix);
  while (!boots && unknown.length > 0) {
    const first = unknown.shift()!;
    const tries = (await tryAll([first], nextPlace, prefix, judging)).get(first)!;
    boots = bootsCell(tries);
    await keep(first, tries, { prefix, judging, byTitle, boots });
  }
  if (boots?.outcome === 'fail') return { boots, byTitle: new Map() };
  for (const [variant, tries] of await tryAll(unknown, nextPlace, prefix, judging))
    await keep(variant, tries, { prefix, judging, byTitle });
  return { boots: boots ?? unasked([...byTitle.values()]), byTitle };
}

/** Of a kernel that was never booted. */
const unasked = (cells: readonly Cell[]): Cell =>
  cells.find(({ outcome }) => outcome === 'not-run') ?? {
    outcome: 'skip',
    reasons: ['every scenario was skipped'],
  };

async function keyed({ kernel }: Prefix, { request, lab }: Judging): Promise<Keyed[]> {
  const keyOf = await lab.keys(kernel!);
  return Promise.all(
    request.variants.map(async (scenario) => ({
      scenario,
      title: scenarioTitle(scenario.name, scenario.variant),
      key: await keyOf(scenario),
    })),
  );
}

type Known = Keyed & { cell: Cell; booted: boolean };

async function lookUp(variants: Keyed[], { column }: Prefix, { request, seen }: Judging) {
  const known: Known[] = [];
  const unknown: Keyed[] = [];
  for (const variant of variants) {
    const sameAs = seen.get(variant.key);
    const found =
      request.reuse || sameAs !== undefined ? await knownResult(variant.key, request.recordDir) : undefined;
    if (!found) unknown.push(variant);
    else {
      const whose = sameAs === undefined ? { earlier: true } : { sameAs };
      const { seconds: _, ...cell } = found.cell; // it took none this time
      const folder = cell.folder && shownFolder(request.dir, cell.folder);
      known.push({ ...variant, booted: found.booted, cell: { ...cell, ...whose, folder } });
      if (sameAs === undefined) seen.set(variant.key, column.name);
    }
  }
  // a kernel that came up for one variant is asked again by those for which it did not
  const up = known.some(({ booted }) => booted);
  const again = known.filter(({ booted }) => up && !booted);
  return { known: known.filter((variant) => !again.includes(variant)), unknown: [...again, ...unknown] };
}

/** Relative when it is one of this series. */
function shownFolder(dir: string, folder: string): string {
  const relative = path.relative(dir, folder);
  return relative.startsWith('..') ? folder : relative;
}

/** A kernel that came up with one of the variants boots. */
function bootsOfKnown(known: readonly Known[]): Cell | undefined {
  const booted = known.find((variant) => variant.booted);
  if (!booted) return known[0]?.cell;
  const { sameAs, earlier } = booted.cell;
  return {
    outcome: 'pass',
    reasons: [],
    ...(sameAs !== undefined && { sameAs }),
    ...(earlier && { earlier }),
  };
}

/** Undefined when the variant was skipped: then there was no VM. */
function bootsCell(tries: readonly Try[]): Cell | undefined {
  const said = tries.filter(({ outcome }) => outcome !== 'skip');
  if (said.length === 0) return undefined;
  if (said.every(({ booted }) => booted)) return { outcome: 'pass', reasons: [] };
  return cellOf(said.map((t) => (t.booted ? { ...t, outcome: 'pass', reasons: [] } : t)));
}

type Keeping = { prefix: Prefix; judging: Judging; byTitle: Map<string, Cell>; boots?: Cell };

async function keep({ title, key }: Keyed, tries: readonly Try[], keeping: Keeping): Promise<void> {
  const { prefix, judging, byTitle, boots } = keeping;
  const booted = boots?.outcome !== 'fail';
  const cell = booted ? cellOf(tries) : boots;
  if (booted) byTitle.set(title, cell);
  const folder = cell.folder && path.join(judging.request.dir, cell.folder);
  const known = { booted, cell: { ...cell, folder } };
  if (await rememberResult(key, known, judging.request.recordDir)) judging.seen.set(key, prefix.column.name);
}

/** A folder for each run of a column: cells/3/run-1. */
function places({ column }: Prefix): () => string {
  let count = 0;
  return () => path.join('cells', column.name, `run-${++count}`);
}

/** In fresh VMs until each is settled, in a run folder of its own each time. */
function tryAll(
  variants: readonly Keyed[],
  nextPlace: () => string,
  { files }: Prefix,
  { request, lab, signal }: Judging,
): Promise<Map<Keyed, Try[]>> {
  const { retries, retryMs } = request;
  const attempt = (open: readonly Keyed[]) => {
    const scenarios = open.map(({ scenario }) => scenario);
    return lab.tryOnce(scenarios, files, nextPlace());
  };
  return tryUntilSettled(variants, attempt, { retries, retryMs, signal });
}
