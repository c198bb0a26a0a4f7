import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { Seat } from '../guest/interactive-shell.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { withGdb } from '../plan/with-gdb.js';
import { prepareVariant } from '../prepare-variant.js';
import { gdbText } from '../report/gdb-text.js';
import { plainProgress } from '../report/plain-progress.js';
import { consoleReporter } from '../report/console-reporter.js';
import { fanOut } from '../report/reporter.js';
import type { VariantRun } from '../variant/run-variant.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import { shellVariant } from '../variant/shell-variant.js';
import { selectVariants } from './find-scenarios.js';
import {
  accelOption,
  imageOption,
  kernelOption,
  patchOption,
  setOption,
  type AddCommand,
} from './command-options.js';
import { findGdbScripts } from './gdb-scripts.js';
import { makeRunId } from './run-folder.js';
import type { Terminal } from './terminal.js';

export type ShellOptions = {
  machine?: string;
  until?: string;
  kernel?: string;
  patch: string[];
  image: string;
  set: Record<string, string>;
  accel: AcceleratorChoice;
  out?: string;
  gdb?: boolean;
};

export const addShell: AddCommand = (program, terminal, done) => {
  program
    .command('shell')
    .description('boot the machines of a scenario, run its steps up to one, and log in')
    .argument('<scenario>', 'a name or a YAML file')
    .option('--machine <name>', 'where to log in (default: the first machine)')
    .option('--until <step>', 'the last step to run before (default: none is run)')
    .addOption(kernelOption())
    .addOption(patchOption())
    .addOption(imageOption())
    .addOption(setOption())
    .addOption(accelOption())
    .option('--gdb', 'stop before the first instruction and wait for gdb; nothing has a deadline then')
    .option('--out <dir>', 'the folder for consoles and logs (default: p2plab-runs/shell-<time>)')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab shell nvmeof-rdma-p2p --set provider=shm0 --machine target --until export\n\nExit: that of the shell\n',
    )
    .action(async (name: string, options: ShellOptions) => done(await shellCommand(name, options, terminal)));
};

/** `p2plab shell`: returns the exit code of the shell in the guest. */
export async function shellCommand(name: string, options: ShellOptions, terminal: Terminal): Promise<number> {
  const scenario = oneVariant(await selectVariants({ names: [name], set: options.set }));
  const { kernel, image, patch: extraPatches, accel: accelerator, machine, until } = options;
  const dir = path.resolve(options.out ?? path.join('p2plab-runs', `shell-${makeRunId()}`));
  await mkdir(dir, { recursive: true });
  const reporter = fanOut(
    [consoleReporter(terminal.err, terminal.colors), plainProgress(terminal.err)],
    terminal.err,
  );
  const wanted = { kernel, image, extraPatches, accelerator, dir };
  const prepared = await prepareVariant(scenario, wanted, reporter, terminal.signal);
  const onPhase = (phase: string) => terminal.err(`${phase}\n`);
  const run = { ...prepared, onPhase, ...(options.gdb && { plan: withGdb(prepared.plan) }) };
  if (options.gdb) terminal.err(await gdbTextOf(run));
  return shellVariant(run, { machine, until, seat: processSeat(), say: terminal.err });
}

export async function gdbTextOf({
  plan,
  kernel,
  dir,
}: Pick<VariantRun, 'plan' | 'kernel' | 'dir'>): Promise<string> {
  const machines = plan.machines.map(({ name }) => name);
  return gdbText({
    machines,
    dir,
    vmlinux: kernel.vmlinux,
    gdbScripts: await findGdbScripts(kernel.vmlinux),
    modules: kernel.modules,
  });
}

/** The process' own terminal, or its pipes. */
export const processSeat = (): Seat => ({
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  term: process.env.TERM ?? 'dumb',
});

function oneVariant(variants: Scenario[]): Scenario {
  const [first] = variants;
  if (first && variants.length === 1) return first;
  const titles = variants.map((v) => scenarioTitle(v.name, v.variant)).join(', ');
  throw new HarnessError('scenario', `there are ${variants.length} variants: ${titles}`, {
    remedy: 'choose one with --set',
  });
}
