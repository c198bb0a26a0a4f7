import { DoesNotApply, DoesNotBuild } from './common/errors.js';
import { addedWarnings } from './kernel/compiler-warnings.js';
import { ensureKernel } from './kernel/ensure-kernel.js';
import type { Kernel } from './kernel/kernel.js';
import { lintKernel } from './kernel/lint-kernel.js';
import { sourceTreeOf } from './kernel/source-tree-of.js';
import type { Reporter } from './report/reporter.js';
import type { RunRequest } from './run.js';
import { checkpatch } from './series/checkpatch.js';
import type { Cell, Column, Grid } from './series/grid.js';
import type { PatchSeries } from './series/patch-series.js';
import { touchedFiles } from './series/touched-files.js';
import { variantCells } from './variant-cells.js';

export type SeriesRequest = Omit<RunRequest, 'kernel' | 'extraPatches'> & {
  series: PatchSeries;
  /** A name or file of a kernel definition: what the series is put upon. */
  kernel: string;
  /** Content id of `image`. */
  imageId: string;
  /** All prefixes, or only the base and the whole series. */
  each: boolean;
};

/** The series up to a patch; `files` has its patches. */
export type Prefix = { column: Column; count: number; files: string[]; kernel?: Kernel };

export type Judging = {
  request: SeriesRequest;
  put: (row: string, cell: Cell) => void;
  /** The columns before it. */
  earlier: readonly Prefix[];
  reporter: Reporter;
  signal: AbortSignal;
};

const toolRows = ['applies', 'builds', 'warnings', 'checkpatch'] as const;

export const emptyGrid = (prefixes: readonly Prefix[], titles: readonly string[]): Grid => ({
  columns: prefixes.map(({ column }) => column),
  rows: [...toolRows, ...titles].map((name) => ({ name, cells: prefixes.map(() => notRun('not yet')) })),
});

/** Fills a column from top to bottom; what fails leaves the rest `not-run`, with its reason. */
export async function judgePrefix(prefix: Prefix, judging: Judging): Promise<void> {
  const { request, put, reporter, signal } = judging;
  const progress = (what: string, done?: number, total?: number) =>
    void reporter.on({ type: 'preparing', subject: prefix.column.name, what, done, total });
  const options = { extraPatches: prefix.files, signal, progress };
  if (prefix.count > 0) put('checkpatch', await checkpatchCell(prefix, request, signal));
  try {
    prefix.kernel = await ensureKernel(request.kernel, options);
  } catch (error) {
    const row =
      error instanceof DoesNotApply ? 'applies' : error instanceof DoesNotBuild ? 'builds' : undefined;
    if (row === undefined) throw error;
    if (row === 'builds') put('applies', passed);
    put(row, { outcome: 'fail', reasons: (error as Error).message.split('\n') });
    return;
  }
  put('applies', passed);
  put('builds', passed);
  put('warnings', await warningsCell(prefix, judging));
  for (const [row, cell] of await variantCells(prefix, judging)) put(row, cell);
}

const passed: Cell = { outcome: 'pass', reasons: [] };
const notRun = (why: string): Cell => ({ outcome: 'not-run', reasons: [why] });
const failedIf = (reasons: string[]): Cell => ({ outcome: reasons.length > 0 ? 'fail' : 'pass', reasons });

async function checkpatchCell(
  { files }: Prefix,
  { kernel }: SeriesRequest,
  signal: AbortSignal,
): Promise<Cell> {
  const tree = await sourceTreeOf(kernel, { extraPatches: [], signal });
  const findings = tree && (await checkpatch(tree, files.at(-1)!, signal));
  if (!findings)
    return { outcome: 'skip', reasons: ['the source has no scripts/checkpatch.pl, or there is no perl'] };
  return failedIf(findings.map(({ level, text }) => `${level}: ${text}`));
}

/** Warnings of W=1 in the files that the series touches, which the column before had not. */
async function warningsCell(prefix: Prefix, { request, earlier, signal }: Judging): Promise<Cell> {
  const files = touchedFiles(request.series.patches);
  const before = earlier.findLast(({ kernel }) => kernel !== undefined);
  if (!before) return passed; // the base: its warnings are nobody's
  const lint = ({ files: extraPatches }: Prefix) =>
    lintKernel(request.kernel, files, { extraPatches, signal });
  const added = addedWarnings(await lint(before), await lint(prefix));
  return failedIf(added.map(({ file, text }) => `${file}: ${text}`));
}
