import { DoesNotApply, DoesNotBuild } from './common/errors.js';
import { addedWarnings } from './kernel/compiler-warnings.js';
import { ensureKernel } from './kernel/ensure-kernel.js';
import type { Kernel } from './kernel/kernel.js';
import { lintKernel } from './kernel/lint-kernel.js';
import { sourceTreeOf } from './kernel/source-tree-of.js';
import type { Reporter } from './report/reporter.js';
import type { RunRequest } from './run.js';
import { scenarioTitle } from './scenario/scenario.js';
import { checkpatch } from './series/checkpatch.js';
import type { Cell, Column, Grid } from './series/grid.js';
import type { PatchSeries } from './series/patch-series.js';
import { touchedFiles } from './series/touched-files.js';
import { variantCells } from './variant-cells.js';

export type SeriesRequest = Omit<RunRequest, 'kernel' | 'extraPatches'> & {
  series: PatchSeries;
  /** A name or file of a kernel definition: what the series is put upon. */
  kernel: string;
  /** Patches that come before the series and belong to the base. */
  before: readonly string[];
  /** Content id of `image`. */
  imageId: string;
  /** All prefixes, or only the base and the whole series. */
  each: boolean;
  /** Whether results of earlier series count, where kernels are the same bit by bit. */
  reuse: boolean;
  /** How often what does not pass is run again in a fresh VM. */
  retries: number;
  /** After so long none is begun any more. */
  retryMs: number;
};

/** The series up to a patch. */
export type Prefix = {
  column: Column;
  /** How many of the series' patches. */
  count: number;
  /** All patches on the kernel: those before the series, and its first `count`. */
  files: string[];
  /** Those that the column before has not. */
  added: string[];
  kernel?: Kernel;
};

export type Judging = {
  request: SeriesRequest;
  put: (row: string, cell: Cell) => void;
  /** The columns before it. */
  earlier: readonly Prefix[];
  /** The column that has a result, by its key. */
  seen: Map<string, string>;
  reporter: Reporter;
  signal: AbortSignal;
};

const toolRows = ['applies', 'checkpatch', 'builds', 'warnings', 'boots'] as const;

export const emptyGrid = (prefixes: readonly Prefix[], titles: readonly string[]): Grid => ({
  columns: prefixes.map(({ column }) => column),
  rows: [...toolRows, ...titles].map((name) => ({ name, cells: prefixes.map(() => notRun('not yet')) })),
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
  } else {
    rest(['warnings', 'boots', ...titles], 'there is no kernel');
  }
  prefix.column.seconds = secondsSince(began);
}

/** @returns whether there is a kernel */
async function buildCells(prefix: Prefix, judging: Judging): Promise<boolean> {
  const { request, put, reporter, signal } = judging;
  const progress = (what: string, done?: number, total?: number) =>
    void reporter.on({ type: 'preparing', subject: prefix.column.name, what, done, total });
  put('checkpatch', await checkpatchCell(prefix, request, signal));
  const began = performance.now();
  try {
    prefix.kernel = await ensureKernel(request.kernel, { extraPatches: prefix.files, signal, progress });
  } catch (error) {
    const applies = error instanceof DoesNotBuild;
    if (prefix.count === 0 || !(applies || error instanceof DoesNotApply)) throw error;
    const failed = { outcome: 'fail' as const, reasons: error.message.split('\n') };
    put('applies', applies ? passed : failed);
    put('builds', applies ? { ...failed, seconds: secondsSince(began) } : notRun('it does not apply'));
    return false;
  }
  put('applies', passed);
  put('builds', prefix.kernel.cached ? passed : { ...passed, seconds: secondsSince(began) });
  prefix.column.kernelId = prefix.kernel.id;
  put('warnings', await warningsCell(prefix, judging));
  return true;
}

const passed: Cell = { outcome: 'pass', reasons: [] };
const notRun = (why: string): Cell => ({ outcome: 'not-run', reasons: [why] });
const warnIf = (reasons: string[]): Cell => ({ outcome: reasons.length > 0 ? 'warn' : 'pass', reasons });
const secondsSince = (began: number): number => Math.round((performance.now() - began) / 100) / 10;

/** Of the patches that this column adds. */
async function checkpatchCell(
  { count, added }: Prefix,
  { kernel }: SeriesRequest,
  signal: AbortSignal,
): Promise<Cell> {
  if (count === 0) return notRun('the base is no patch');
  const tree = await sourceTreeOf(kernel, { extraPatches: [], signal });
  const findings = tree && (await checkpatch(tree, added, signal));
  if (!findings)
    return { outcome: 'skip', reasons: ['the source has no scripts/checkpatch.pl, or there is no perl'] };
  return warnIf(findings.map(({ level, text }) => `${level}: ${text}`));
}

/** Warnings of W=1 in the files that the series touches, which the column before had not. */
async function warningsCell(prefix: Prefix, { request, earlier, signal }: Judging): Promise<Cell> {
  const before = earlier.findLast(({ kernel }) => kernel !== undefined);
  if (!before) return notRun("the base's warnings are nobody's");
  const files = touchedFiles(request.series.patches);
  const began = performance.now();
  const lint = ({ files: extraPatches }: Prefix) =>
    lintKernel(request.kernel, files, { extraPatches, signal });
  const added = addedWarnings(await lint(before), await lint(prefix));
  return { ...warnIf(added.map(({ file, text }) => `${file}: ${text}`)), seconds: secondsSince(began) };
}
