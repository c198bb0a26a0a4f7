import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { asHarnessError, describeError, HarnessError, Interrupted } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { installCommand, installPackages, missingPackages } from '../host/packages.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { consoleReporter } from '../report/console-reporter.js';
import { eventsFile, runJsonFile, tapFile } from '../report/file-reporters.js';
import type { FormatName } from '../report/formats.js';
import { historyFile } from '../report/history.js';
import { liveReporter } from '../report/live-reporter.js';
import { plainProgress } from '../report/plain-progress.js';
import { fanOut, type Reporter } from '../report/reporter.js';
import type { Result, RunDocument } from '../report/run-document.js';
import { reportFile } from '../report/write-report.js';
import { run } from '../run.js';
import type { OptionalEvidence } from '../scenario/scenario.js';
import { exitCodeOfBlame, exitCodeOfResults, exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import type { Terminal } from './terminal.js';

export type RunOptions = {
  tag?: string;
  kernel?: string;
  image: string;
  patch: string[];
  out?: string;
  jobs: number;
  set: Record<string, string>;
  accel: AcceleratorChoice;
  controls: boolean;
  without: OptionalEvidence[];
  installPackages?: boolean;
  /** Formats of `p2plab report` to be written into the run folder at the end. */
  report?: FormatName[];
};

/** `p2plab run`: returns the exit code. Scenario files are read before anything is installed, built or written. */
export async function runCommand(names: string[], options: RunOptions, terminal: Terminal): Promise<number> {
  const { signal } = terminal;
  const variants = await selectVariants({ names, tag: options.tag, set: options.set });
  const missing = await missingPackages();
  if (missing.length > 0 && !options.installPackages) throw packagesMissing(missing);
  const { id, dir } = await makeRunDir(options.out, missing, signal, terminal);

  const results: Result[] = [];
  const collect: Reporter = {
    name: 'results',
    on: (e) => void (e.type === 'finished' && results.push(e.result)),
  };
  const live = terminal.live && liveReporter(terminal.live);
  const shown = [live ?? plainProgress(terminal.out), consoleReporter(terminal.out, terminal.colors)];
  const files = [eventsFile(dir), runJsonFile(dir), tapFile(dir), historyFile()];
  const reports = (options.report ?? []).map((name) => reportFile(dir, name));
  const reporter = fanOut([...files, ...reports, collect, ...shown], (line) => terminal.err(`${line}\n`));
  const { kernel, image, patch: extraPatches, jobs, controls, without, accel: accelerator } = options;
  let state: RunDocument['state'] = 'finished';
  try {
    await run(
      { id, dir, variants, kernel, image, extraPatches, jobs, controls, without, accelerator },
      reporter,
      signal,
    );
    return exitCodeOfResults(results);
  } catch (error) {
    state = signal.aborted || error instanceof Interrupted ? 'interrupted' : 'broken';
    if (state === 'interrupted') return exitCodes.interrupted;
    const broken = asHarnessError(error);
    live?.stop();
    terminal.err(`${describeError(broken)}\n`);
    return exitCodeOfBlame(broken.blame);
  } finally {
    await reporter.on({ type: 'ended', dir, state, results });
    live?.stop();
  }
}

/** The run folder, made once it is sure that a run begins. */
async function makeRunDir(
  out: string | undefined,
  missing: string[],
  signal: AbortSignal,
  terminal: Terminal,
) {
  const id = `${new Date().toISOString().replaceAll(/[:.]/g, '').slice(0, 17)}Z-${randomBytes(2).toString('hex')}`;
  const dir = path.resolve(out ?? path.join('p2plab-runs', id));
  if (missing.length > 0) {
    terminal.out(`packages: installing ${missing.join(' ')}\n`);
    await installPackages(missing, path.join(cacheDir(), 'logs', `apt-${id}.log`), signal);
  }
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length > 0) {
    throw new HarnessError('scenario', `--out ${dir} is not empty`, {
      remedy: 'name a folder that is new or empty',
    });
  }
  return { id, dir };
}

const packagesMissing = (packages: string[]) =>
  new HarnessError('host', `Debian packages are missing: ${packages.join(' ')}`, {
    remedy: `run: ${installCommand(packages)}`,
  });
