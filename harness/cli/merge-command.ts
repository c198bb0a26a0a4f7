import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { findBundles, isFolder } from '../jobs/bundle.js';
import { choiceText, otherHarnesses, otherHarnessText } from '../jobs/choice-text.js';
import { chooseBundles } from '../jobs/choose-bundles.js';
import { mergeBundles } from '../jobs/merge-bundles.js';
import { ownHarness } from '../jobs/own-harness.js';
import { readPlan, type Plan } from '../jobs/plan-document.js';
import { consoleReporter } from '../report/console-reporter.js';
import type { FormatName } from '../report/format-names.js';
import { loadRun } from '../report/load-run.js';
import { writeReport } from '../report/write-report.js';
import { writeWhole } from '../report/write-whole.js';
import type { AddCommand } from './command-options.js';
import { exitCodeOfResults, exitCodes } from './exit-code.js';
import { formatOption } from './format-option.js';
import { mergeJson } from './merge-json.js';
import { mergeSeriesCommand } from './merge-series-command.js';
import { makeRunDir } from './run-folder.js';
import type { Terminal } from './terminal.js';

export type MergeOptions = { plan?: string; out?: string; report?: FormatName[]; previous?: string };

export const addMerge: AddCommand = (program, terminal, done) => {
  program
    .command('merge')
    .description('make one run of the bundles that jobs left, wherever they ran')
    .argument('<dir...>', 'bundles, or folders with bundles somewhere below')
    .option('--plan <file>', 'what should be there (default: plan.json of the first folder that has one)')
    .option('--out <dir>', 'the run folder; new or empty (default: p2plab-runs/<time>)')
    .option('--previous <dir>', 'of a series: the folder of the version before; tells what is new, fixed')
    .addOption(formatOption('--report <name,...>', 'reports to write into the run folder: '))
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab merge bundles --out run --report html,junit\n\n`p2plab run --tag smoke --shard 1/2 --out bundles` makes a half of them.\n\nExit: as of `run` or `series`; 3 when a job is missing, or one of a series has to be run again: next-plan.json has it\n',
    )
    .action(async (dirs: string[], options: MergeOptions) =>
      done(await mergeCommand(dirs, options, terminal)),
    );
};

/** `p2plab merge`. @returns the exit code: that of the run which one machine would have made, or 3 when jobs are missing */
export async function mergeCommand(
  dirs: string[],
  options: MergeOptions,
  terminal: Terminal,
): Promise<number> {
  const plan = await planFor(dirs, options.plan);
  for (const dir of dirs) if (!(await isFolder(dir))) terminal.err(`there is no folder ${dir}\n`); // a machine may have left none
  const { series } = plan;
  if (series) return mergeSeriesCommand({ ...plan, series }, dirs, options, terminal);
  if (options.previous !== undefined)
    throw new HarnessError('scenario', '--previous is for a series, and the plan is of none', {
      remedy: 'leave it out; two runs are compared by p2plab compare BASE HEAD',
    });
  const choice = chooseBundles(plan, await findBundles(dirs));
  const others = otherHarnesses(choice, await ownHarness());
  terminal.err(otherHarnessText(others) + choiceText(choice));
  const { id, dir } = await makeRunDir(options.out);
  const results = await mergeBundles(plan, choice, { id, out: dir });
  await writeWhole(path.join(dir, 'merge.json'), mergeJson(choice, others));
  const loaded = await loadRun(dir);
  for (const name of options.report ?? []) await writeReport(loaded, name, dir, { now: new Date() });
  const { state } = loaded.run;
  await consoleReporter(terminal.out, terminal.colors).on({ type: 'ended', dir, state, results });
  return choice.missing.length > 0 ? exitCodes.broken : exitCodeOfResults(results);
}

async function planFor(dirs: readonly string[], file: string | undefined): Promise<Plan> {
  if (file !== undefined) return readPlan(file);
  const places = dirs.flatMap((dir) => [path.join(dir, 'plan.json'), path.join(dir, '..', 'plan.json')]);
  for (const place of places) {
    const there = await stat(place).catch(() => undefined);
    if (there?.isFile()) return readPlan(place);
  }
  throw new HarnessError('scenario', `there is no plan.json in or above ${dirs.join(', ')}`, {
    remedy: 'name the plan: p2plab merge DIR… --plan plan.json',
  });
}
