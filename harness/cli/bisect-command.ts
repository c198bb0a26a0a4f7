import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import { bisectText } from '../bisect/bisect-text.js';
import { commitTitle, readRange } from '../bisect/bisect-repository.js';
import { recordCommit } from '../bisect/commit-record.js';
import { runBisect } from '../bisect/run-bisect.js';
import { abortExitCode, bisectExitCodes, tryCommit } from '../bisect/try-commit.js';
import { mainBisectLab } from '../labs/bisect-lab.js';
import { HarnessError, Interrupted } from '../common/errors.js';
import { installCommand, missingPackages } from '../host/packages.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { plainProgress } from '../report/plain-progress.js';
import { accelOption, imageOption, setOption, type AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import { makeRunDir, makeRunId } from './run-folder.js';
import { shellQuote } from '../vm/pasteable-command.js';
import { errorText } from './error-text.js';
import type { Terminal } from './terminal.js';

type CommonOptions = {
  tree: string;
  set: Record<string, string>;
  image: string;
  accel: AcceleratorChoice;
  controls: boolean;
  out?: string;
};
export type BisectOptions = CommonOptions & { maxRuns: number };
export type BisectStepOptions = CommonOptions & { commit?: string; runs: number; record?: string };

/** Adds `bisect` and `bisect-step`. */
export const addBisect: AddCommand = (program, terminal, done) => {
  const common = (command: Command) =>
    command
      .argument('<scenario>', 'a name that `p2plab list` shows, or a YAML file')
      .requiredOption('--tree <dir>', 'the git tree, which is only read')
      .addOption(setOption())
      .addOption(imageOption())
      .addOption(accelOption())
      .option('--no-controls', 'leave out the control runs without peer memory: quicker')
      .option(
        '--out <dir>',
        'the folder for it; new or empty (default: p2plab-runs/<time>, never in the tree)',
      );
  common(program.command('bisect'))
    .description('find the commit of a git tree from which on a scenario fails')
    .argument('<range>', 'GOOD..BAD: a commit where it passes, and a later one where it fails')
    .option('--max-runs <n>', 'at most so many runs on one commit', readRuns, 20)
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab bisect p2pmem-sizes --tree ~/linux v6.12..HEAD --set provider=shm0\n\nExit: 0 found, 2 usage, or good and bad are not as said, 3 host, or commits that cannot be told apart\n',
    )
    .action(async (scenario: string, range: string, options: BisectOptions) =>
      done(await bisectCommand(scenario, range, options, terminal)),
    );
  common(program.command('bisect-step'))
    .description('a program for `git bisect run`: builds what is checked out and runs a scenario on it')
    .option('--runs <n>', 'it must pass so many times to be good', readRuns, 3)
    .option('--commit <commit>', 'this commit instead of the files in the tree')
    .addOption(new Option('--record <file>', 'append what was found as a line of JSON').hideHelp())
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab bisect-step p2pmem-sizes --tree ~/linux --set provider=shm0\n  $ git bisect run p2plab bisect-step p2pmem-sizes --tree . --set provider=shm0\n\nExit: 0 good, 1 bad, 125 it does not build or cannot be told, 128 the machine or the command line is wrong\n',
    )
    .action(async (scenario: string, options: BisectStepOptions) =>
      done(await bisectStepCommand(scenario, options, terminal)),
    );
};

/** `p2plab bisect`. @returns the exit code */
export async function bisectCommand(
  scenario: string,
  range: string,
  options: BisectOptions,
  terminal: Terminal,
): Promise<number> {
  const { signal, out } = terminal;
  const tree = path.resolve(options.tree);
  const lab = await openLab(scenario, options, terminal);
  await readRange(tree, range, signal); // a mistake in it leaves no folder behind
  const { dir } = await makeRunDir(options.out ?? outsideOf(tree));
  const folderOf = (commit: string) => path.join(dir, commit.slice(0, 12));
  const { PATH = '', HOME = '', ...rest } = process.env;
  const step = (runs: number, record: string) => {
    const set = Object.entries(options.set).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const fixed = ['bisect-step', scenario, '--tree', tree, '--runs', `${runs}`, '--record', record, ...set];
    const how = ['--image', options.image, '--accel', options.accel];
    const argv = [process.execPath, process.argv[1]!, ...fixed, ...how];
    const words = [...argv, ...(options.controls ? [] : ['--no-controls'])].map(shellQuote);
    return `${words.join(' ')} --commit "$commit" --out ${shellQuote(dir)}/$(echo "$commit" | cut -c 1-12)`;
  };
  const request = { tree, range, maxRuns: options.maxRuns, dir, step };
  const env = { ...(rest as Record<string, string>), PATH, HOME };
  const result = await runBisect({ ...request, env }, lab(folderOf), signal);
  const shown = [result.first, ...result.candidates, result.lastGood?.commit, result.firstBad?.commit];
  const titles = new Map<string, string>();
  for (const commit of shown) if (commit) titles.set(commit, await commitTitle(tree, commit, signal));
  out(`\n${bisectText(result, titles)}\nbisect log and runs: ${dir}\n`);
  return result.first === undefined ? exitCodes.broken : exitCodes.passed;
}

/** `p2plab bisect-step`. @returns the exit code for `git bisect run` */
export async function bisectStepCommand(
  scenario: string,
  options: BisectStepOptions,
  terminal: Terminal,
): Promise<number> {
  const { tree, commit, runs, record } = options;
  try {
    const lab = await openLab(scenario, options, terminal);
    const { dir } = await makeRunDir(options.out ?? outsideOf(path.resolve(tree)));
    const report = await tryCommit(
      commit ?? worktree,
      { runs },
      lab(() => dir),
    );
    if (record !== undefined) await recordCommit(record, report);
    const { verdict, failed, tried } = report;
    terminal.out(
      `${commit?.slice(0, 12) ?? tree}: ${verdict}, failed ${failed} of ${tried} runs, see ${dir}\n`,
    );
    return bisectExitCodes[verdict];
  } catch (error) {
    if (error instanceof Interrupted || terminal.signal.aborted) return exitCodes.interrupted;
    terminal.err(errorText(error));
    return abortExitCode;
  }
}

/** Stands for the files in the tree where a commit could be named. */
const worktree = 'the files in the tree';

/** Reads scenario and host first: what is wrong with these is wrong at every commit. */
async function openLab(scenario: string, options: CommonOptions, terminal: Terminal) {
  const { signal, out } = terminal;
  const tree = path.resolve(options.tree);
  const variants = await selectVariants({ names: [scenario], set: options.set });
  const missing = await missingPackages();
  if (missing.length > 0)
    throw new HarnessError('host', `Debian packages are missing: ${missing.join(' ')}`, {
      remedy: `run: ${await installCommand(missing)}`,
    });
  const { image, accel: accelerator, controls } = options;
  const kernelOf = (commit: string) => (commit === worktree ? tree : `${tree}@${commit}`);
  const request = { variants, image, accelerator, controls, jobs: 1, without: [], kernelOf };
  const told = { progress: plainProgress(out), tell: (line: string) => out(`${line}\n`) };
  return (folderOf: (commit: string) => string) => mainBisectLab({ ...request, folderOf }, told, signal);
}

/** Results of a command that is started in the tree go beside the tree: it is only read. */
function outsideOf(tree: string): string | undefined {
  const inside = !path.relative(tree, process.cwd()).startsWith('..');
  return inside ? path.join(tree, '..', 'p2plab-runs', makeRunId()) : undefined;
}

function readRuns(value: string): number {
  if (/^[1-9]\d{0,2}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('want a whole number from 1 to 999.');
}
