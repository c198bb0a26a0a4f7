import path from 'node:path';
import { asHarnessError, HarnessError } from '../common/errors.js';
import { installCommand, missingPackages } from '../host/packages.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { againstPrevious, previousVersion } from '../labs/compare-versions.js';
import { ensureImage } from '../image/ensure-image.js';
import { definitionOn } from '../kernel/definition-on.js';
import { gridText } from '../report/grid-table.js';
import { markWhenKilled } from '../report/mark-when-killed.js';
import { plainProgress } from '../report/plain-progress.js';
import { fanOut, type Reporter } from '../report/reporter.js';
import { versionsText } from '../report/versions-text.js';
import { endOf } from '../run-in-folder.js';
import { runSeries, type SeriesRequest } from '../labs/run-series.js';
import { mainSeriesLab } from '../labs/series-lab.js';
import { gridOutcome, type Grid } from '../series/grid.js';
import type { PatchSeries } from '../series/patch-series.js';
import { seriesFile, type Versions } from '../series/series-document.js';
import { exitCodeOfBlame, exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import { findBase, findSeries, writePatchesBefore, type SeriesPlace } from './find-series.js';
import { makeRunDir } from './run-folder.js';
import { errorText } from './error-text.js';
import type { Terminal } from './terminal.js';

export type SeriesOptions = SeriesPlace & {
  scenario: string[];
  tag?: string;
  last?: boolean;
  previous?: string;
  retries: number;
  retryMinutes: number;
  reuse: boolean;
  coverage?: boolean;
  image: string;
  out?: string;
  jobs: number;
  set: Record<string, string>;
  accel: AcceleratorChoice;
  controls: boolean;
};

/** `p2plab series`: returns the exit code; 1 when a patch breaks something that the base passes. */
export async function seriesCommand(
  origin: string | undefined,
  options: SeriesOptions,
  terminal: Terminal,
): Promise<number> {
  const { signal } = terminal;
  const { scenario: names, tag, set } = options;
  const variants = await selectVariants({ names, tag: names.length === 0 ? (tag ?? 'smoke') : tag, set });
  const missing = await missingPackages();
  if (missing.length > 0)
    throw new HarnessError('host', `Debian packages are missing: ${missing.join(' ')}`, {
      remedy: `run: ${await installCommand(missing)}`,
    });
  const series = await findSeries(origin, options.tree, signal);
  const base = await findBase(series, options, signal);
  const { id, dir } = await makeRunDir(options.out);
  const { kernel, on } = base;
  const definition = on ? await definitionOn(kernel, on, path.join(dir, 'kernel.yaml')) : kernel;
  const before = await writePatchesBefore(series, definition, options, dir, signal);
  const image = await ensureImage(options.image, { signal });
  const { jobs, controls, coverage, retries, accel: accelerator } = options;
  const reuse = options.reuse && !coverage; // what is on record tells nothing of lines
  return report(
    {
      ...{
        id,
        dir,
        series,
        kernel: definition,
        before,
        variants,
        jobs,
        controls,
        reuse,
        coverage,
        retries,
        accelerator,
      },
      each: !options.last,
      retryMs: options.retryMinutes * 60_000,
      image: options.image,
      imageId: image.id,
      without: [],
    },
    options.previous,
    terminal,
  );
}

/** Runs it, and tells console and series.json how it goes and how it ends. */
async function report(
  request: SeriesRequest,
  previous: string | undefined,
  terminal: Terminal,
): Promise<number> {
  const { dir, series, before } = request;
  const { signal, out } = terminal;
  const file = seriesFile(dir, request);
  await file.write('running');
  await using _watch = markWhenKilled(dir, 'series.json');
  out(`${describe(series)} on ${request.kernel}${before.length > 0 ? ` and ${before.length} before` : ''}, `);
  out(`results in ${dir}\n`);
  const reporters = [plainProgress(out), cellLines(terminal)];
  const reporter = fanOut(reporters, (line) => terminal.err(`${line}\n`));
  let grid: Grid | undefined;
  let versions: Versions | undefined;
  try {
    const keep = async (grown: Grid) => file.write('running', (grid = grown));
    const was =
      previous === undefined ? undefined : await previousVersion(previous, request, reporter, signal);
    grid = await runSeries(request, mainSeriesLab(request, reporter, signal), keep, signal);
    versions = was && (await againstPrevious(was, grid, request, signal));
    await file.write('finished', grid, versions);
    return { pass: exitCodes.passed, fail: exitCodes.failed, broken: exitCodes.broken }[gridOutcome(grid)];
  } catch (error) {
    const end = endOf(error, signal);
    await file.write(end, grid);
    if (end === 'interrupted') return exitCodes.interrupted;
    terminal.err(errorText(error));
    return exitCodeOfBlame(asHarnessError(error).blame);
  } finally {
    if (grid) out(`\n${gridText(grid, terminal.colors)}`);
    if (versions) out(`\n${versionsText(versions, terminal.colors)}`);
    out(`series folder: ${dir}\n`);
  }
}

const describe = ({ patches, title, version }: PatchSeries): string =>
  `${patches.length} patch${patches.length === 1 ? '' : 'es'} of ${title}${version > 1 ? ` v${version}` : ''}`;

/** Each variant as it ends; the table comes when all are there. */
const cellLines = ({ out }: Terminal): Reporter => ({
  name: 'cells',
  on: (event) => void (event.type === 'finished' && out(`  ${event.result.outcome} ${event.title}\n`)),
});
