import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asHarnessError, describeError, HarnessError, Interrupted } from '../common/errors.js';
import { missingPackages, installCommand } from '../host/packages.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { ensureImage } from '../image/ensure-image.js';
import { gridText } from '../report/grid-table.js';
import { plainProgress } from '../report/plain-progress.js';
import { fanOut, type Reporter } from '../report/reporter.js';
import { runSeries } from '../run-series.js';
import { changesOf, gridOutcome, type Grid } from '../series/grid.js';
import type { PatchSeries } from '../series/patch-series.js';
import { readSeries } from '../series/read-series.js';
import { seriesDocumentSchema, type SeriesDocument } from '../series/series-document.js';
import { exitCodeOfBlame, exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import { makeRunDir } from './run-folder.js';
import type { Terminal } from './terminal.js';

export type SeriesOptions = {
  kernel?: string;
  scenario: string[];
  tag?: string;
  image: string;
  out?: string;
  jobs: number;
  set: Record<string, string>;
  accel: AcceleratorChoice;
  controls: boolean;
  last?: boolean;
};

/** `p2plab series`: returns the exit code; 1 when a patch breaks something that the base passes. */
export async function seriesCommand(
  origin: string,
  options: SeriesOptions,
  terminal: Terminal,
): Promise<number> {
  const { signal } = terminal;
  const series = await readSeries(origin, signal);
  const kernel = options.kernel ?? askForBase(series);
  const { scenario: names, tag, set } = options;
  const variants = await selectVariants({ names, tag: names.length === 0 ? (tag ?? 'smoke') : tag, set });
  const missing = await missingPackages();
  if (missing.length > 0)
    throw new HarnessError('host', `Debian packages are missing: ${missing.join(' ')}`, {
      remedy: `run: ${installCommand(missing)}`,
    });
  const { id, dir } = await makeRunDir(options.out);
  const image = await ensureImage(options.image, { signal });
  const document: SeriesDocument = {
    schema: 'p2plab.series/1',
    id,
    series: headOf(series),
    kernel,
    startedAt: new Date().toISOString(),
    ...{ endedAt: null, state: 'running', columns: [], rows: [], changes: [] },
  };
  const write = (state: SeriesDocument['state'], grid?: Grid) => writeDocument(dir, document, state, grid);
  await write('running');
  terminal.out(`${series.patches.length} patches of ${series.title} on ${kernel}, results in ${dir}\n`);
  const { jobs, controls, accel: accelerator } = options;
  const request = {
    id,
    dir,
    series,
    kernel,
    each: !options.last,
    variants,
    image: options.image,
    imageId: image.id,
  };
  const reporter = fanOut([plainProgress(terminal.out), cellLines(terminal)], (line) =>
    terminal.err(`${line}\n`),
  );
  let grid: Grid | undefined;
  try {
    const keep = async (grown: Grid) => write('running', (grid = grown));
    const whole = { ...request, jobs, controls, accelerator, without: [] };
    grid = await runSeries(whole, reporter, keep, signal);
    await write('finished', grid);
    return { pass: exitCodes.passed, fail: exitCodes.failed, broken: exitCodes.broken }[gridOutcome(grid)];
  } catch (error) {
    const interrupted = signal.aborted || error instanceof Interrupted;
    await write(interrupted ? 'interrupted' : 'broken', grid);
    if (interrupted) return exitCodes.interrupted;
    terminal.err(`${describeError(asHarnessError(error))}\n`);
    return exitCodeOfBlame(asHarnessError(error).blame);
  } finally {
    if (grid) terminal.out(`\n${gridText(grid, terminal.colors)}`);
    terminal.out(`series folder: ${dir}\n`);
  }
}

/** Each variant as it ends; the table comes when all are there. */
const cellLines = ({ out }: Terminal): Reporter => ({
  name: 'cells',
  on: (event) => void (event.type === 'finished' && out(`  ${event.result.outcome} ${event.title}\n`)),
});

const headOf = ({ form, origin, title, version, messageId, baseCommit }: PatchSeries) => {
  return { form, origin, title, version, messageId, baseCommit };
};

async function writeDocument(
  dir: string,
  document: SeriesDocument,
  state: SeriesDocument['state'],
  grid?: Grid,
) {
  document.state = state;
  if (state !== 'running') document.endedAt = new Date().toISOString();
  if (grid) {
    Object.assign(document, grid);
    document.changes = changesOf(grid).map(({ patch, ...rest }) => ({ ...rest, patch: patch.name }));
  }
  const text = JSON.stringify(seriesDocumentSchema.parse(document), null, 2);
  await writeFile(path.join(dir, 'series.json'), `${text}\n`);
}

/** A guess would test another kernel than the author's. */
function askForBase({ origin, baseCommit }: PatchSeries): never {
  const meant = baseCommit === undefined ? '' : ` (its base-commit is ${baseCommit})`;
  throw new HarnessError('scenario', `${origin} does not say what it is based on${meant}`, {
    remedy: 'name the base: --kernel NAME of `p2plab kernel list`, or the YAML file of a kernel',
  });
}
