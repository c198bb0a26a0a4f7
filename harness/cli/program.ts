import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import os from 'node:os';
import { harnessVersion } from '../report/run-header.js';
import { imageBuild, imageList, kernelBuild, kernelList } from './artifact-commands.js';
import { addBench } from './bench-command.js';
import { addBisect } from './bisect-command.js';
import { addCompare } from './compare-command.js';
import { checkCommand } from './check-command.js';
import { addCost } from './cost-command.js';
import { addCoverage } from './coverage-command.js';
import { addCiFiles } from './ci-files-command.js';
import { doctorCommand } from './doctor-command.js';
import { explainCommand, type ExplainOptions } from './explain-command.js';
import { judgeCommand } from './judge-command.js';
import { listCommand } from './list-command.js';
import { mutantsCommand, type MutantsOptions } from './mutants-command.js';
import { seriesCommand, type SeriesOptions } from './series-command.js';
import { addHistory } from './history-command.js';
import { addReport, formatOption } from './report-command.js';
import { stepsCommand } from './steps-command.js';
import { planCommand, type PlanOptions } from './plan-command.js';
import { runCommand, type RunOptions } from './run-command.js';
import { optionalEvidence } from '../scenario/scenario.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import type { Terminal } from './terminal.js';

/** The whole command line. Each action leaves its exit code with `done`. */
export function buildProgram(terminal: Terminal, done: (exitCode: number) => void): Command {
  const program = new Command('p2plab')
    .description('End-to-end tests of PCI peer-to-peer memory in the Linux kernel, in QEMU')
    .version(harnessVersion)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
    .exitOverride();
  addRun(program, terminal, done);
  addSeries(program, terminal, done);
  addScenarioCommands(program, terminal, done);
  addMutants(program, terminal, done);
  addCoverage(program, terminal, done);
  addCost(program, terminal, done);
  addBisect(program, { image: imageOption, accel: accelOption, set: setOption }, terminal, done);
  addBench(program, { image: imageOption, accel: accelOption, set: setOption }, terminal, done);
  addHistory(program, terminal, done);
  addReport(program, terminal, done);
  addCompare(program, terminal, done);
  addArtifacts(program, terminal, done);
  addCiFiles(program, terminal, done);
  return program;
}

const kernelOption = () =>
  new Option(
    '--kernel <name|path>',
    `a kernel of \`p2plab kernel list\`, a YAML file, a source tree (TREE@COMMIT: a commit of it), a bzImage or a build folder (default: the scenario's, else ${defaultKernel})`,
  );
const imageOption = () =>
  new Option('--image <name|path>', 'a guest image of `p2plab image list`, or a YAML file').default('base');
const accelOption = () =>
  new Option('--accel <which>', 'auto boots a kernel on KVM once to see whether it works')
    .choices(['auto', 'kvm', 'tcg'])
    .default('auto');
const setOption = (
  flags = '--set <key=value>',
  what = 'one value of a matrix key, or another value of a parameter (repeatable)',
) => new Option(flags, what).argParser(readSetting).default({}, 'none');

function addRun(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  program
    .command('run')
    .description('run scenarios: by name or file, by tag, or all')
    .argument('[scenario...]', 'names that `p2plab list` shows, or YAML files')
    .option('--tag <expr>', 'only those whose tags match: smoke, "nvmeof and not long"')
    .addOption(kernelOption())
    .option('--patch <file>', 'stack one more patch on the kernel (repeatable)', append, [] as string[])
    .addOption(imageOption())
    .option('--out <dir>', 'the run folder; new or empty (default: p2plab-runs/<time>)')
    .option('--jobs <n>', 'variants at the same time', readCount, defaultJobs())
    .addOption(setOption())
    .addOption(accelOption())
    .option('--no-controls', 'leave out the control runs without peer memory: quicker, and says so')
    .addOption(
      new Option(
        '--without <evidence...>',
        'evidence not to collect; claims that rest on it are not proven then',
      )
        .choices(optionalEvidence)
        .default([], 'none'),
    )
    .option('--coverage', 'record which lines of the kernel run, for `p2plab coverage`')
    .option('--cost', "count the kernel's instructions per I/O of the steps, for `p2plab cost`")
    .addOption(formatOption('--report <name,...>', 'reports to write into the run folder at the end: '))
    .option('--install-packages', 'install missing Debian packages first (as root)')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab run nvmeof-rdma-p2p --set provider=shm0 --patch my-fix.patch\n\nExit: 0 all passed, 1 the kernel failed, 2 usage or scenario file, 3 host or harness, 4 all skipped\n',
    )
    .action(async (names: string[], options: RunOptions) => done(await runCommand(names, options, terminal)));
}

function addMutants(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  program
    .command('mutants')
    .description('prove that the scenarios can fail: put one small fault after the other into the kernel')
    .argument('[mutant...]', 'names of kernels/mutants, or patches with such a header (default: all)')
    .option('--kernel <name>', 'the kernel to put them on top of', defaultKernel)
    .option('--tag <expr>', 'only scenarios whose tags match')
    .option('--area-only', "only scenarios of the mutant's own area; else the others come after those")
    .addOption(imageOption())
    .option('--jobs <n>', 'variants at the same time', readCount, 1)
    .option('--out <dir>', 'the folder; what an earlier start left there is not done again', 'p2plab-mutants')
    .addOption(accelOption())
    .option('--no-baseline', 'do not run the scenarios on the unmodified kernel first')
    .option('--no-controls', 'leave out the control runs without peer memory: quicker')
    .option('--write-table <file>', 'write the kill table there, too, as Markdown')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab mutants acs-needs-both-bits --area-only\n\nExit: 0 all killed, 1 one survived, 2 usage or a header, 3 one not judged, 130 stopped: start again\n',
    )
    .action(async (names: string[], options: MutantsOptions) =>
      done(await mutantsCommand(names, options, terminal)),
    );
}

function addSeries(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  program
    .command('series')
    .description('run scenarios on every prefix of a patch series: which patch broke what')
    .argument(
      '[series]',
      'an mbox, a maildir, a folder of patches, a quilt series, a message-id (b4), or BASE..HEAD of --tree',
    )
    .option('--kernel <kernel>', 'the kernel definition to put it on; with --base its config and patches')
    .option('--tree <dir>', 'a git tree, only read: of the range, or of --base; alone: what is not committed')
    .option(
      '--base <base>',
      'a commit of --tree, a tarball, or an unpacked source (default: the base-commit)',
    )
    .option('--after <series>', 'patches that come before it (repeatable)', append, [] as string[])
    .option('--scenario <name>', 'a scenario (repeatable; default: those of --tag)', append, [] as string[])
    .option('--tag <expr>', 'those whose tags match (default: smoke)')
    .option('--each', 'the base and every prefix (default)')
    .addOption(new Option('--last', 'only the base and the whole series').conflicts('each'))
    .option(
      '--previous <previous>',
      'the version before, or its folder: tells what is new, fixed, still failing',
    )
    .option('--retries <n>', 'how often what does not pass is run again in a fresh VM', readRetries, 4)
    .option('--retry-minutes <n>', 'begin no such run later than that after the first', readCount, 10)
    .option('--no-reuse', 'run again what is on record for an identical kernel image')
    .addOption(imageOption())
    .option('--out <dir>', 'the folder for it; new or empty (default: p2plab-runs/<time>)')
    .option('--jobs <n>', 'variants at the same time', readCount, defaultJobs())
    .addOption(setOption())
    .addOption(accelOption())
    .option('--no-controls', 'leave out the control runs without peer memory: quicker, and says so')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab series v2.mbx --kernel p2pmem-6.12 --tag "copy and not long"\n\nExit: 0 no patch breaks anything, 1 one does, 2 usage or series, 3 host or harness\n',
    )
    .action(async (origin: string | undefined, options: SeriesOptions) =>
      done(await seriesCommand(origin, options, terminal)),
    );
}

const defaultJobs = (): number => Math.max(1, Math.floor(os.availableParallelism() / 2));

function addScenarioCommands(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  program
    .command('list')
    .description('list the scenarios')
    .option('--tag <expr>', 'only those whose tags match')
    .addHelpText('after', '\nExample:\n  $ p2plab list --tag "smoke and nvmeof"\n')
    .action(async (options: { tag?: string }) => done(await listCommand(options, terminal)));
  program
    .command('steps')
    .description('list the kinds of steps, or tell parameters and samples of one')
    .argument('[kind]', 'a kind, like fio')
    .addHelpText('after', '\nExample:\n  $ p2plab steps fio\n')
    .action((kind: string | undefined) => done(stepsCommand(kind, terminal)));
  program
    .command('check')
    .description('validate scenario files; needs no QEMU')
    .argument('[file...]', 'YAML files or names (default: all of scenarios/)')
    .addHelpText('after', '\nExample:\n  $ p2plab check my-scenario.yaml\n')
    .action(async (names: string[]) => done(await checkCommand(names, terminal)));
  program
    .command('plan')
    .description('print the QEMU command lines, guest steps and expectations of a scenario')
    .argument('<scenario>', 'a name or a YAML file')
    .addOption(kernelOption())
    .addOption(imageOption())
    .addOption(setOption())
    .addOption(accelOption())
    .addHelpText('after', '\nExample:\n  $ p2plab plan nvme-copy-p2p --set provider=shm0\n')
    .action(async (name: string, options: PlanOptions) => done(await planCommand(name, options, terminal)));
  program
    .command('explain')
    .description(
      'print the peer-to-peer paths of a scenario, the rule that decides and the distance; needs no QEMU',
    )
    .argument('<scenario>', 'a name or a YAML file')
    .argument('[from]', 'a device: only its paths')
    .argument('[to]', 'a provider: only the path from the first to it')
    .addOption(setOption())
    .addHelpText('after', '\nExample:\n  $ p2plab explain nvme-copy-p2p nvme1 shm0\n')
    .action(async (name: string, from: string | undefined, to: string | undefined, options: ExplainOptions) =>
      done(await explainCommand(name, { from, to }, options, terminal)),
    );
  program
    .command('judge')
    .description('judge the evidence of a run folder again, without QEMU')
    .argument('<run>', 'a run folder')
    .option('--write', 'put the new verdicts into run.json')
    .addHelpText('after', '\nExample:\n  $ p2plab judge p2plab-runs/2026-11-22T181225Z-4f1c\n')
    .action(async (dir: string, options: { write?: boolean }) =>
      done(await judgeCommand(dir, options, terminal)),
    );
  program
    .command('doctor')
    .description('check this machine: packages, QEMU, accelerator, disk, memory')
    .addHelpText('after', '\nExample:\n  $ p2plab doctor\n')
    .action(async () => done(await doctorCommand(terminal)));
}

function addArtifacts(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const kernel = program.command('kernel').description('build or list kernels');
  const image = program.command('image').description('build or list guest images');
  for (const group of [kernel, image])
    group.addHelpText('after', `\nExample:\n  $ p2plab ${group.name()} list\n`);
  kernel
    .command('build')
    .description('build a kernel, or look it up')
    .addArgument(
      new Argument('[name]', 'a name of `p2plab kernel list`, or a YAML file').default(defaultKernel),
    )
    .option('--patch <file>', 'stack one more patch (repeatable)', append, [] as string[])
    .addHelpText('after', '\nExample:\n  $ p2plab kernel build p2pmem-6.12 --patch my-fix.patch\n')
    .action(async (name: string, { patch }: { patch: string[] }) =>
      done(await kernelBuild(name, patch, terminal)),
    );
  kernel
    .command('list')
    .description('list defined and built kernels')
    .addHelpText('after', '\nExample:\n  $ p2plab kernel list\n')
    .action(async () => done(await kernelList(terminal)));
  image
    .command('build')
    .description('build a guest image, or look it up')
    .addArgument(new Argument('[name]', 'a name of `p2plab image list`, or a YAML file').default('base'))
    .addHelpText('after', '\nExample:\n  $ p2plab image build base\n')
    .action(async (name: string) => done(await imageBuild(name, terminal)));
  image
    .command('list')
    .description('list defined and built images')
    .addHelpText('after', '\nExample:\n  $ p2plab image list\n')
    .action(async () => done(await imageList(terminal)));
}

const append = (value: string, list: string[]): string[] => [...list, value];

function readCount(value: string): number {
  if (/^[1-9]\d{0,2}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('want a whole number from 1 to 999.');
}

function readRetries(value: string): number {
  if (/^\d{1,2}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('want a whole number from 0 to 99.');
}

function readSetting(value: string, settings: Record<string, string>): Record<string, string> {
  const [, key, text] = /^([\w-]+)=(.*)$/.exec(value) ?? [];
  if (key === undefined || text === undefined) throw new InvalidArgumentError('want key=value.');
  return { ...settings, [key]: text };
}
