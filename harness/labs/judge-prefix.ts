import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { gapPlace } from '../coverage/coverage-text.js';
import { patchCoverageCell } from '../coverage/patch-coverage.js';
import { DoesNotApply, DoesNotBuild, type HarnessError } from '../common/errors.js';
import type { SeriesRequest } from './run-series.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { Cell, Column, Grid } from '../series/grid.js';
import type { LabKernel, SeriesLab } from './series-lab.js';
import { variantCells } from './variant-cells.js';

/** The series up to a patch. */
export type Prefix = {
  column: Column;
  /** How many of the series' patches. */
  count: number;
  /** All patches on the kernel: those before the series, and its first `count`. */
  files: string[];
  /** Those that the column before has not. */
  added: string[];
  kernel?: LabKernel;
};

export type Judging = {
  request: SeriesRequest;
  lab: SeriesLab;
  put: (row: string, cell: Cell) => void;
  /** The columns before it. */
  earlier: readonly Prefix[];
  /** The column that has a result, by its key. */
  seen: Map<string, string>;
  signal: AbortSignal;
};

const toolRows = ['applies', 'checkpatch', 'builds', 'warnings', 'boots'] as const;
const coverageRow = 'coverage';

/** @param titles of the variants */
export const emptyGrid = (
  prefixes: readonly Prefix[],
  titles: readonly string[],
  coverage: boolean | undefined,
): Grid => ({
  columns: prefixes.map(({ column }) => column),
  rows: [...toolRows, ...titles, ...(coverage ? [coverageRow] : [])].map((name) => ({
    name,
    cells: prefixes.map(() => notRun('not yet')),
  })),
});

/** Fills a column from top to bottom; what fails leaves the rest `not-run`, with its reason. */
export async function judgePrefix(prefix: Prefix, judging: Judging): Promise<void> {
  const { request, put } = judging;
  const began = performance.now();
  const titles = request.variants.map(({ name, variant }) => scenarioTitle(name, variant));
  const rest = (rows: readonly string[], why: string) => rows.forEach((row) => put(row, notRun(why)));
  if (await buildCells(prefix, judging)) {
    const { boots, byTitle } = await variantCells(prefix, judging);
    put('boots', boots);
    rest(titles, 'the kernel does not boot');
    for (const [title, cell] of byTitle) put(title, cell);
    if (request.coverage) put(coverageRow, await coverageCell(prefix, judging));
  } else {
    rest(['warnings', 'boots', ...titles], 'there is no kernel');
    if (request.coverage) rest([coverageRow], 'there is no kernel');
  }
  prefix.column.seconds = secondsSince(began);
}

/** @returns whether there is a kernel */
async function buildCells(prefix: Prefix, judging: Judging): Promise<boolean> {
  const { lab, put } = judging;
  put('checkpatch', await checkpatchCell(prefix, lab));
  const began = performance.now();
  try {
    const kernel = await lab.kernel(prefix.files, prefix.column.name);
    put('builds', kernel.cached ? passed : { ...passed, seconds: secondsSince(began) });
    prefix.kernel = kernel;
  } catch (error) {
    const applies = error instanceof DoesNotBuild;
    if (prefix.count === 0 || !(applies || error instanceof DoesNotApply)) throw error;
    const folder = await keepLog(error, prefix, judging);
    const failed: Cell = { outcome: 'fail', reasons: error.message.split('\n'), folder };
    put('applies', applies ? passed : failed);
    put('builds', applies ? { ...failed, seconds: secondsSince(began) } : notRun('it does not apply'));
    return false;
  }
  put('applies', passed);
  prefix.column.kernelId = prefix.kernel.id;
  put('warnings', await warningsCell(prefix, judging));
  return true;
}

/** What git or make said, in the column's folder. */
async function keepLog({ evidence }: HarnessError, { column }: Prefix, { request }: Judging) {
  if (evidence === undefined) return undefined;
  const folder = path.join('cells', column.name);
  await mkdir(path.join(request.dir, folder), { recursive: true });
  await copyFile(evidence, path.join(request.dir, folder, path.basename(evidence)));
  return folder;
}

const passed: Cell = { outcome: 'pass', reasons: [] };
const notRun = (why: string): Cell => ({ outcome: 'not-run', reasons: [why] });
const warnIf = (reasons: string[]): Cell => ({ outcome: reasons.length > 0 ? 'warn' : 'pass', reasons });
const secondsSince = (began: number): number => Math.round((performance.now() - began) / 100) / 10;

/** Of the patches that this column adds. */
async function checkpatchCell({ count, added }: Prefix, lab: SeriesLab): Promise<Cell> {
  if (count === 0) return notRun('the base is no patch');
  const findings = await lab.checkpatch(added);
  if (findings) return warnIf(findings);
  return { outcome: 'skip', reasons: ['the source has no scripts/checkpatch.pl, or there is no perl'] };
}

/** Which of the lines that this column's patches add were run by its scenarios. What never ran is a remark. */
async function coverageCell({ count, added, column }: Prefix, { lab }: Judging): Promise<Cell> {
  if (count === 0) return notRun('the base is no patch');
  const patches = await lab.patchCoverage(path.join('cells', column.name), added.length);
  if (!patches)
    return notRun('no scenario was run: the kernel image is that of another column, or does not boot');
  const gaps = patches.flatMap((patch) => patch.gaps.map((gap) => `never ran: ${gapPlace(gap)}`));
  const notBuilt = patches.flatMap((patch) => patch.notBuilt.map((file) => `not in this kernel: ${file}`));
  return { ...warnIf([...gaps, ...notBuilt]), figure: patchCoverageCell(patches) };
}

/** Warnings in the files that the series touches, which the column before had not. */
async function warningsCell({ files }: Prefix, { lab, earlier }: Judging): Promise<Cell> {
  const before = earlier.findLast(({ kernel }) => kernel !== undefined);
  if (!before) return notRun("the base's warnings are nobody's");
  const began = performance.now();
  const added = await lab.addedWarnings(before.files, files);
  if (added === undefined)
    return { outcome: 'skip', reasons: ['there is nothing here to compile the kernel with'] };
  return { ...warnIf(added), seconds: secondsSince(began) };
}
