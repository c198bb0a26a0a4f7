import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { rangeDiff } from '../kernel/range-diff.js';
import type { Reporter } from '../report/reporter.js';
import { runSeries, type SeriesRequest } from './run-series.js';
import type { Grid } from '../series/grid.js';
import { readSeries } from '../series/read-series.js';
import { readSeriesFile, seriesFile, type Versions } from '../series/series-document.js';
import { mainSeriesLab } from './series-lab.js';
import { compareVersions, readRangeDiff } from '../series/versions.js';

/** The grid of the version before, and its patches. */
export type PreviousVersion = { origin: string; grid: Grid; patches: string[] };

/**
 * The version before: what a folder of `p2plab series` says, or the grid of a series in any form, which is run now,
 * like the new one, in the folder `previous`.
 * @throws HarnessError as runSeries
 */
export async function previousVersion(
  origin: string,
  request: SeriesRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<PreviousVersion> {
  const known = await knownVersion(origin);
  if (known) return known;
  const series = await readSeries(origin, signal);
  const dir = path.join(request.dir, 'previous');
  await mkdir(dir);
  const file = seriesFile(dir, { ...request, series });
  const told = (grid: Grid) => file.write('running', grid);
  const own = { ...request, series, dir };
  const grid = await runSeries(own, mainSeriesLab(own, reporter, signal), told, signal);
  await file.write('finished', grid);
  return { origin, grid, patches: await patchesIn(dir) };
}

/** What a folder of a series says; undefined when it is none. */
export async function knownVersion(origin: string): Promise<PreviousVersion | undefined> {
  const grid = await readSeriesFile(origin);
  return grid && { origin, grid, patches: await patchesIn(origin) };
}

/** Which patch is which, and what is new, fixed and still failing. */
export async function againstPrevious(
  { origin, grid, patches }: PreviousVersion,
  now: Grid,
  { dir, kernel, before }: SeriesRequest,
  signal: AbortSignal,
): Promise<Versions> {
  const options = { extraPatches: before, signal };
  const matches = readRangeDiff(await rangeDiff(kernel, [patches, await patchesIn(dir)], options));
  return { previous: origin, patches: matches, breaks: compareVersions(grid, now, matches) };
}

/** In order, as their names begin with their numbers; what a merged series has before it is in folders. */
async function patchesIn(dir: string): Promise<string[]> {
  const folder = path.join(dir, 'patches');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.sort().map((name) => path.join(folder, name));
}
