import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { installCommand, missingPackages, neededPackages } from '../host/packages.js';
import { findBundles } from '../jobs/bundle.js';
import { choiceText, otherHarnesses, otherHarnessText } from '../jobs/choice-text.js';
import { ownHarness } from '../jobs/own-harness.js';
import { planJson } from '../jobs/plan-document.js';
import { againstPrevious, knownVersion, type PreviousVersion } from '../labs/compare-versions.js';
import { followingPlan, mergeSeries, seriesRequest, type SeriesPlan } from '../labs/merge-series.js';
import { gridText } from '../report/grid-table.js';
import { plainProgress } from '../report/plain-progress.js';
import { versionsText } from '../report/versions-text.js';
import { writeWhole } from '../report/write-whole.js';
import type { SeriesRequest } from '../labs/run-series.js';
import { mainSeriesLab, type SeriesLab } from '../labs/series-lab.js';
import { gridOutcome } from '../series/grid.js';
import { seriesFile } from '../series/series-document.js';
import { exitCodes } from './exit-code.js';
import type { MergeOptions } from './merge-command.js';
import { mergeJson } from './merge-json.js';
import { reportSource } from './report-source.js';
import { makeRunDir } from './run-folder.js';
import type { Terminal } from './terminal.js';

/** Where the runs are that are missing, or wanted besides, in the folder of a series. */
export const nextPlanFile = 'next-plan.json';

/**
 * `p2plab merge` of a series. @returns the exit code: that of `p2plab series`, or 3 while runs are missing or wanted;
 * then next-plan.json has them
 */
export async function mergeSeriesCommand(
  plan: SeriesPlan,
  dirs: readonly string[],
  { out, report = [], previous }: MergeOptions,
  terminal: Terminal,
): Promise<number> {
  const was = previous === undefined ? undefined : await versionBefore(previous);
  const bundles = await findBundles(dirs);
  const { id, dir } = await makeRunDir(out);
  const request = await seriesRequest(plan, { id, dir });
  const file = seriesFile(dir, request);
  const tools = await toolsHere(request, terminal);
  const keep = (grid: Parameters<typeof file.write>[1]) => file.write('running', grid);
  const { grid, choice, wanted } = await mergeSeries(plan, bundles, request, tools, keep, terminal.signal);
  const others = otherHarnesses(choice, await ownHarness());
  terminal.err(otherHarnessText(others) + choiceText(choice));
  const open = [...choice.missing, ...wanted];
  const isWhole = open.length === 0;
  if (!isWhole) file.notSettled(open.map(({ title }) => title));
  const versions = was && (await againstPrevious(was, grid, request, terminal.signal));
  await file.write(isWhole ? 'finished' : 'interrupted', grid, versions);
  await writeWhole(path.join(dir, 'merge.json'), mergeJson(choice, others));
  const source = await reportSource(dir, { format: report });
  for (const name of report) await source.write(name, dir, { now: new Date() });
  terminal.out(
    `\n${gridText(grid, terminal.colors)}${versions ? `\n${versionsText(versions, terminal.colors)}` : ''}series folder: ${dir}\n`,
  );
  if (isWhole)
    return { pass: exitCodes.passed, fail: exitCodes.failed, broken: exitCodes.broken }[gridOutcome(grid)];
  const following = followingPlan(plan, open);
  const next = await writeWhole(path.join(dir, nextPlanFile), planJson(following));
  for (const job of wanted) terminal.err(`wanted: ${job.title} (${job.id})\n`);
  terminal.err(
    `what is missing is run, and what did not pass again: p2plab run --plan ${next} --out ${dirs[0]}, then merge again with --plan ${next}\n`,
  );
  return exitCodes.broken;
}

/** @throws HarnessError before anything is merged: when it is no folder of a series, or what matches patches is not here */
async function versionBefore(origin: string): Promise<PreviousVersion> {
  const known = await knownVersion(origin);
  if (!known)
    throw new HarnessError('scenario', `${origin} is not the folder of a series, and merging runs none`, {
      remedy: `run that version first, or merge its bundles, and name the folder with its series.json`,
    });
  const missing = (await missingPackages()).filter((name) =>
    neededPackages.kernel.some((kernel) => kernel === name),
  );
  if (missing.length === 0) return known;
  throw new HarnessError('host', `patches are matched in the kernel's source: ${missing.join(' ')} missing`, {
    remedy: `run: ${await installCommand(missing)}`,
  });
}

/** Checkpatch and compiler, where there are any. */
async function toolsHere(
  request: SeriesRequest,
  { out, signal }: Terminal,
): Promise<Pick<SeriesLab, 'checkpatch' | 'addedWarnings'>> {
  if ((await missingPackages()).length === 0)
    return pickTools(mainSeriesLab(request, plainProgress(out), signal));
  return { checkpatch: async () => undefined, addedWarnings: async () => undefined };
}

const pickTools = ({ checkpatch, addedWarnings }: SeriesLab) => ({ checkpatch, addedWarnings });
