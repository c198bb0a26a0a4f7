import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { asHarnessError, describeError, HarnessError, Interrupted } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { installCommand, installPackages, missingPackages } from '../host/packages.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { consoleReporter } from '../report/console-reporter.js';
import { eventsFile, runJsonFile, tapFile } from '../report/file-reporters.js';
import { historyFile } from '../report/history.js';
import { liveReporter } from '../report/live-reporter.js';
import { plainProgress } from '../report/plain-progress.js';
import { fanOut, type Reporter } from '../report/reporter.js';
import type { Result, RunDocument } from '../report/run-document.js';
import { run, type HandsOn } from '../run.js';
import { shellAfterFailure } from '../shell-after-failure.js';
import type { OptionalEvidence, Scenario } from '../scenario/scenario.js';
import { exitCodeOfBlame, exitCodeOfResults, exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import { gdbTextOf, processSeat } from './shell-command.js';
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
  gdb?: boolean;
  keep?: boolean;
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
  if (missing.length > 0 && !options.installPackages) throw packagesMissing(missing);
  const { id, dir } = await makeRunDir(options.out, missing, signal, terminal);

  const results: Result[] = [];
  const collect: Reporter = {
    name: 'results',
    on: (e) => void (e.type === 'finished' && results.push(e.result)),
  };
  const byHand = options.gdb || options.onFailure === 'shell'; // a person uses the terminal
  const live = byHand ? undefined : terminal.live && liveReporter(terminal.live);
  const shown = [live ?? plainProgress(terminal.out), consoleReporter(terminal.out, terminal.colors)];
  const files = [eventsFile(dir), runJsonFile(dir), tapFile(dir), historyFile()];
  const reporter = fanOut([...files, collect, ...shown], (line) => terminal.err(`${line}\n`));
  const { kernel, image, patch: extraPatches, controls, without, accel: accelerator, keep } = options;
  const dumpMemoryBytes = options.dumpMemory;
  const jobs = byHand ? 1 : options.jobs;
  let state: RunDocument['state'] = 'finished';
  try {
    await run(
      {
        id,
        dir,
        variants,
        kernel,
        image,
        extraPatches,
        jobs,
        controls,
        without,
        accelerator,
        keep,
        dumpMemoryBytes,
        ...handsOn(options, terminal),
      },
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

/** What a person does with the machines of a variant. */
function handsOn({ gdb, onFailure }: RunOptions, terminal: Terminal): HandsOn {
  const seat = { seat: processSeat(), say: terminal.err };
  return {
    ...(gdb && { gdb: async (run) => terminal.err(await gdbTextOf(run)) }),
    ...(onFailure === 'shell' && { beforeStop: (recording) => shellAfterFailure(recording, seat) }),
  };
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
