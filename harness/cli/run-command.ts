import path from 'node:path';
import { asHarnessError, HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { installCommand, installPackages, missingPackages } from '../host/packages.js';
import { consoleReporter } from '../report/console-reporter.js';
import { tapFile } from '../report/file-reporters.js';
import type { FormatName } from '../report/format-names.js';
import { historyFile } from '../report/history.js';
import { liveReporter } from '../report/live-reporter.js';
import { plainProgress } from '../report/plain-progress.js';
import type { Reporter } from '../report/reporter.js';
import type { HandsOn } from '../run.js';
import { endOf, runInFolder } from '../run-in-folder.js';
import { shellAfterFailure } from '../variant/shell-after-failure.js';
import type { Scenario } from '../scenario/scenario.js';
import { exitCodeOfBlame, exitCodeOfResults, exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import { makeRunDir, makeRunId } from './run-folder.js';
import { gdbTextOf, processSeat } from './shell-command.js';
import { errorText } from './error-text.js';
import type { PlanJsonOptions } from './plan-json.js';
import type { Terminal } from './terminal.js';

export type RunOptions = PlanJsonOptions & {
  out?: string;
  jobs: number;
  installPackages?: boolean;
  /** Formats of `p2plab report` to be written into the run folder at the end. */
  report?: FormatName[];
  gdb?: boolean;
  keep?: boolean;
  freshBoots?: boolean;
  dumpMemory?: number;
  onFailure?: 'shell';
};

/**
 * `p2plab run`: returns the exit code. Scenario files are read before anything is installed, built or written.
 * @param chosen variants that are known already, instead of those of `names`
 */
export async function runCommand(
  names: string[],
  options: RunOptions,
  terminal: Terminal,
  chosen?: readonly Scenario[],
): Promise<number> {
  const { signal } = terminal;
  const variants = chosen ?? (await selectVariants({ names, tag: options.tag, set: options.set }));
  const missing = await missingPackages();
  if (missing.length > 0 && !options.installPackages) throw await packagesMissing(missing);
  const id = makeRunId();
  await installMissing(missing, id, signal, terminal);
  const { dir } = await makeRunDir(options.out, id);

  const byHand = options.gdb || options.onFailure === 'shell'; // a person uses the terminal
  const live = byHand ? undefined : terminal.live && liveReporter(terminal.live);
  const shown = [live ?? plainProgress(terminal.out), consoleReporter(terminal.out, terminal.colors)];
  const reports = options.report ? await reportFiles(dir, options.report) : [];
  const told = {
    reporters: [tapFile(dir), historyFile(), ...reports, ...shown],
    complain: (line: string) => terminal.err(`${line}\n`),
    onError(error: unknown) {
      if (endOf(error, signal) === 'interrupted') return;
      live?.stop();
      terminal.err(errorText(error));
    },
  };
  const { kernel, image, controls, without, coverage, cost, keep } = options;
  const wanted = {
    ...{ variants, kernel, image, controls, without, coverage, cost, keep },
    extraPatches: options.patch,
    jobs: byHand ? 1 : options.jobs,
    shareBoots: !(
      byHand ||
      keep ||
      coverage ||
      cost ||
      options.dumpMemory !== undefined ||
      options.freshBoots
    ),
    accelerator: options.accel,
    dumpMemoryBytes: options.dumpMemory,
    ...handsOn(options, terminal),
  };
  try {
    const results = await runInFolder({ id, dir, ...wanted }, told, signal);
    if (coverage && results.length > 0) terminal.out(`coverage: p2plab coverage ${dir} --patches\n`);
    if (cost && results.length > 0) terminal.out(`cost: p2plab cost ${dir}\n`);
    return exitCodeOfResults(results);
  } catch (error) {
    if (endOf(error, signal) === 'interrupted') return exitCodes.interrupted;
    return exitCodeOfBlame(asHarnessError(error).blame);
  } finally {
    live?.stop();
  }
}

/** What makes reports is much to load, and most runs want none. */
async function reportFiles(dir: string, names: readonly FormatName[]): Promise<Reporter[]> {
  const { reportFile } = await import('../report/write-report.js');
  return names.map((name) => reportFile(dir, name));
}

/** Once it is sure that a run begins. */
async function installMissing(missing: string[], id: string, signal: AbortSignal, terminal: Terminal) {
  if (missing.length === 0) return;
  terminal.out(`packages: installing ${missing.join(' ')}\n`);
  await installPackages(missing, path.join(cacheDir(), 'logs', `apt-${id}.log`), signal);
}

/** What a person does with the machines of a variant. */
function handsOn({ gdb, onFailure }: RunOptions, terminal: Terminal): HandsOn {
  const seat = { seat: processSeat(), say: terminal.err };
  return {
    ...(gdb && { gdb: async (run) => terminal.err(await gdbTextOf(run)) }),
    ...(onFailure === 'shell' && { beforeStop: (recording) => shellAfterFailure(recording, seat) }),
  };
}

const packagesMissing = async (packages: string[]) =>
  new HarnessError('host', `Debian packages are missing: ${packages.join(' ')}`, {
    remedy: `run: ${await installCommand(packages)}`,
  });
