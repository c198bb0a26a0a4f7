import path from 'node:path';
import { emptyGrid, judgePrefix, type Prefix } from './judge-prefix.js';
import { prefixCounts, prefixName } from '../jobs/make-series-plan.js';
import type { RunRequest } from '../run.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { Cell, Grid } from '../series/grid.js';
import type { PatchSeries } from '../series/patch-series.js';
import { writePatches } from '../series/write-patches.js';
import type { SeriesLab } from './series-lab.js';

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
  /** Where results are on record; undefined where all series have them. */
  recordDir?: string;
  /** How often what does not pass is run again in a fresh VM. */
  retries: number;
  /** After so long none is begun any more. */
  retryMs: number;
};

/**
 * Every prefix of a series against the chosen scenarios: a column for the base and for each patch, a row for what is
 * asked of it. `told` gets the grid as it grows.
 * @throws HarnessError when nothing can be run at all; Interrupted
 */
export async function runSeries(
  request: SeriesRequest,
  lab: SeriesLab,
  told: (grid: Grid) => Promise<void>,
  signal: AbortSignal,
): Promise<Grid> {
  const files = await writePatches(request.series, path.join(request.dir, 'patches'));
  const prefixes = prefixesOf(request, files);
  const titles = request.variants.map(({ name, variant }) => scenarioTitle(name, variant));
  const grid = emptyGrid(prefixes, titles, request.coverage);
  const seen = new Map<string, string>();
  for (const [index, prefix] of prefixes.entries()) {
    const put = (row: string, cell: Cell) => {
      grid.rows.find(({ name }) => name === row)!.cells[index] = cell;
    };
    await judgePrefix(prefix, { request, lab, put, earlier: prefixes.slice(0, index), seen, signal });
    await told(grid);
  }
  return grid;
}

/** The base, then all of them or only the last. */
function prefixesOf(
  { series: { patches }, before, each }: SeriesRequest,
  files: readonly string[],
): Prefix[] {
  const counts = prefixCounts({ patches }, each);
  return counts.map((count, n) => ({
    column: { name: prefixName(count), subject: patches[count - 1]?.subject ?? '' },
    count,
    files: [...before, ...files.slice(0, count)],
    added: files.slice(counts[n - 1] ?? 0, count),
  }));
}
