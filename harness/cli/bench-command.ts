import { Option } from 'commander';
import path from 'node:path';
import { mainBenchLab } from '../labs/bench-lab.js';
import type { BenchDocument } from '../benchmark/bench-document.js';
import { benchText } from '../benchmark/bench-text.js';
import { BootFailed } from '../benchmark/boot-failed.js';
import type { SideName } from '../benchmark/boot.js';
import { lastText } from '../benchmark/metric-history-text.js';
import { appendMetrics, entriesOf, readMetrics } from '../benchmark/metric-history.js';
import { runBench, type Told } from '../benchmark/run-bench.js';
import { asHarnessError, HarnessError } from '../common/errors.js';
import { formatDuration } from '../common/size.js';
import type { Measurement } from '../cost/measurement.js';
import { installCommand, missingPackages } from '../host/packages.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { ensureKernel } from '../kernel/ensure-kernel.js';
import { markWhenKilled } from '../report/mark-when-killed.js';
import type { Reporter } from '../report/reporter.js';
import { endOf } from '../run-in-folder.js';
import { shellQuote } from '../vm/pasteable-command.js';
import { allKinds, readKinds, readPercent, readSeed, readTime } from './bench-options.js';
import { benchVariants, openBench, withHeadConfig } from './bench-request.js';
import { accelOption, imageOption, repeatable, setOption, type AddCommand } from './command-options.js';
import { exitCodeOfBlame, exitCodeOfResults, exitCodes } from './exit-code.js';
import { errorText } from './error-text.js';
import type { Terminal } from './terminal.js';

export type BenchOptions = {
  base?: string;
  head?: string;
  /** On head only. */
  patch: string[];
  headConfig?: string;
  set: Record<string, string>;
  baseSet: Record<string, string>;
  headSet: Record<string, string>;
  kind: Measurement['kind'][];
  /** 0.01 is 1 %. */
  resolution: number;
  /** In seconds. */
  budget: number;
  seed: number;
  image: string;
  accel: AcceleratorChoice;
  out?: string;
  failIfWorse?: boolean;
};

/** `p2plab bench`: returns the exit code, which says nothing about the verdicts unless that is asked for. */
export async function benchCommand(
  scenario: string,
  options: BenchOptions,
  terminal: Terminal,
): Promise<number> {
  const variants = await benchVariants(scenario, options);
  const missing = await missingPackages();
  if (missing.length > 0)
    throw new HarnessError('host', `Debian packages are missing: ${missing.join(' ')}`, {
      remedy: `run: ${await installCommand(missing)}`,
    });
  const { dir, document, resumed } = await openBench(variants, await withHeadConfig(variants, options));
  await using _watch = markWhenKilled(dir, 'bench.json');
  const { signal, out, err } = terminal;
  const went = resumed ? `, ${document.boots.length} boots are there already` : '';
  out(
    `${document.scenario}: ${document.head.label} against ${document.base.label}, results in ${dir}${went}\n`,
  );
  try {
    await buildKernels(document, terminal);
    const { image, accel: accelerator } = options;
    const complain = (line: string) => err(`${line}\n`);
    const lab = mainBenchLab(document, variants, { image, accelerator, reporter: silent, complain }, signal);
    const ended = await runBench(dir, document, lab, bootLines(terminal), signal);
    out(`\n${benchText(ended)}`);
    if (ended.boots.length > document.boots.length) await remember(ended, terminal);
    out(pictureHint(dir, ended));
    const worse = ended.comparisons.some(({ verdict }) => verdict === 'worse');
    return options.failIfWorse && worse ? exitCodes.failed : exitCodes.passed;
  } catch (error) {
    if (endOf(error, signal) === 'interrupted') return exitCodes.interrupted;
    err(errorText(error));
    return error instanceof BootFailed
      ? exitCodeOfResults([error])
      : exitCodeOfBlame(asHarnessError(error).blame);
  } finally {
    out(`bench folder: ${dir}\n`);
  }
}

/** Before the first boot, so that no build takes the time of a bench or loads the host meanwhile. */
async function buildKernels({ base, head }: BenchDocument, { out, signal }: Terminal): Promise<void> {
  for (const { kernel, patches, label } of [base, head]) {
    const progress = (what: string, done?: number) => {
      if (done === undefined || done === 0) out(`  ${label}: ${what}\n`);
    };
    await ensureKernel(kernel, { extraPatches: patches, signal, progress });
  }
}

/** A line as each boot begins; what it costs is told with the next. */
const bootLines = ({ out }: Terminal): Told => ({
  onBoot({ side, warmUp }, { boots, usedSeconds, budgetSeconds, comparisons }) {
    const counted = boots.filter((boot) => !boot.warmUp).length;
    const open = comparisons.filter(({ verdict }) => verdict === 'unclear').length;
    const number = warmUp ? 'warm-up' : `boot ${counted + 1}`;
    const state = comparisons.length === 0 ? '' : `, ${open} of ${comparisons.length} metrics unclear`;
    const time = `${formatDuration(usedSeconds * 1000)} of ${formatDuration(budgetSeconds * 1000)}`;
    out(`  ${number}: ${side} (${time}${state})\n`);
  },
});

const silent: Reporter = { name: 'bench', on: () => {} };

/** Boots are runs, of which other commands know more. */
function pictureHint(dir: string, { boots, costText }: BenchDocument): string {
  if (costText === undefined) return '';
  const first = (name: SideName) => boots.find(({ side, warmUp }) => side === name && !warmUp)!.folder;
  const [base, head] = [first('base'), first('head')].map((folder) => shellQuote(path.join(dir, folder)));
  return `\ncost by function as a picture: p2plab cost ${base} ${head} --svg cost.svg\n`;
}

/** `last ... now`, and for the next time. */
async function remember(document: BenchDocument, { out }: Terminal): Promise<void> {
  const entries = entriesOf(document);
  const last = lastText(await readMetrics(), entries);
  if (last !== undefined) out(`\n${last}\n`);
  await appendMetrics(entries);
}

export const addBench: AddCommand = (program, terminal, done) => {
  program
    .command('bench')
    .description('measure two kernels, patches or settings against each other, boot by boot in turn')
    .argument('<scenario>', 'a name that `p2plab list` shows (--tag bench), or a YAML file')
    .option('--base <kernel>', "what is there already, as for run --kernel (default: the scenario's)")
    .option('--head <kernel>', 'what is new (default: that of --base)')
    .addOption(repeatable('--patch <file>', 'stack one more patch on head (repeatable)'))
    .option(
      '--head-config <file>',
      'one more fragment of kernel config on head: before against after an option',
    )
    .addOption(
      setOption('--set <key=value>', 'one value of a matrix key or a parameter, on both sides (repeatable)'),
    )
    .addOption(setOption('--base-set <key=value>', 'the same on base only (repeatable)'))
    .addOption(setOption('--head-set <key=value>', 'the same on head only (repeatable)'))
    .addOption(
      new Option('--kind <kind,...>', 'what to measure: exact (instructions), count, wall (the clock)')
        .argParser(readKinds)
        .default([...allKinds], 'all'),
    )
    .addOption(
      new Option('--resolution <percent>', 'the smallest difference that matters')
        .argParser(readPercent)
        .default(0.01, '1%'),
    )
    .addOption(
      new Option('--budget <time>', 'no more boots after so long: 90s, 10m, 1h')
        .argParser(readTime)
        .default(600, '10m'),
    )
    .option('--seed <n>', 'of the bootstrap', readSeed, 1)
    .addOption(imageOption())
    .addOption(accelOption())
    .option('--out <dir>', 'the folder; a bench that is in it goes on (default: p2plab-runs/<time>)')
    .option('--fail-if-worse', 'exit 1 when any metric is worse')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab bench bench-p2pmem --patch my.patch\n  $ p2plab bench nvme-copy-p2p --base-set provider=shm0 --head-set provider=nvme0\n\nExit: 0 it came to its end, 1 a boot failed (or --fail-if-worse), 2 usage, 3 host or harness, 4 skipped\n',
    )
    .action(async (scenario: string, options: BenchOptions) =>
      done(await benchCommand(scenario, options, terminal)),
    );
};
