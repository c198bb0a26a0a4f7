import type { Command } from 'commander';
import { knownQemu, qemuBinary } from '../host/probe-qemu.js';
import { knownAccelerator } from '../host/probe-accelerator.js';
import { HarnessError } from '../common/errors.js';
import { lookUpImage } from '../image/look-up-image.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import type { GuestModules } from '../kernel/kernel.js';
import { lookUpKernel } from '../kernel/look-up-kernel.js';
import { loadOf } from '../plan/load.js';
import { planScenario, type Plan, type PlanInputs } from '../plan/plan.js';
import { expectedMemory, memoryText, workIdOf } from '../report/expected-memory.js';
import { readHistory, type HistoryEntry } from '../report/history.js';
import { planText } from '../report/plan-text.js';
import type { Scenario } from '../scenario/scenario.js';
import { missingInKernel } from '../workload/kernel-needs.js';
import { makeRig } from '../workload/make-rig.js';
import { stepKinds } from '../workload/step-kinds.js';
import { exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import type { Terminal } from './terminal.js';
import {
  type AddCommand,
  accelOption,
  imageOption,
  kernelOption,
  patchOption,
  readRetries,
  repeatable,
  setOption,
  withoutOption,
} from './command-options.js';
import { printPlanJson, type PlanJsonOptions } from './plan-json.js';

export type PlanOptions = Pick<PlanJsonOptions, 'kernel' | 'image' | 'set' | 'accel'>;

/** `p2plab plan`: prints what a run would do, and builds and boots nothing. */
export async function planCommand(name: string, options: PlanOptions, terminal: Terminal): Promise<number> {
  const variants = await selectVariants({ names: [name], set: options.set });
  const history = await readHistory();
  for (const scenario of variants) {
    const inputs = await planInputs(scenario, options, terminal.signal);
    const plan = planScenario(scenario, inputs);
    const reasons = [
      ...(plan.kind === 'skip' ? plan.reasons : []),
      ...missingInKernel(scenario, inputs.kernel),
    ];
    const shown: Plan = reasons.length > 0 ? { kind: 'skip', reasons } : plan;
    const memory = memoryText(memoryOf(scenario, inputs, history), scenario);
    terminal.out(planText(scenario, withSteps(scenario, shown, inputs.kernel), memory));
  }
  return exitCodes.passed;
}

type Inputs = PlanInputs & { kernel: { id?: string; guestModules?: GuestModules } };

function memoryOf(scenario: Scenario, { host, kernel }: Inputs, history: readonly HistoryEntry[]) {
  const { accelerator } = host;
  const workId =
    kernel.id === undefined ? undefined : workIdOf(scenario, { kernelId: kernel.id, accelerator });
  return expectedMemory(workId, loadOf(scenario), history);
}

/** What is not built yet stands as a shell variable that the reader sets. */
async function planInputs(
  scenario: Scenario,
  { kernel: wanted, image, accel }: PlanOptions,
  signal: AbortSignal,
): Promise<Inputs> {
  const qemu = await knownQemu().catch((error: unknown) => {
    if (error instanceof HarnessError) return { binary: qemuBinary, version: 'unknown' };
    throw error;
  });
  const accelerator = accel === 'auto' ? ((await knownAccelerator(qemu))?.accelerator ?? 'tcg') : accel;
  const name = wanted ?? scenario.kernel ?? defaultKernel;
  const kernel = await lookUpKernel(name, signal);
  const rootfs = (await lookUpImage(image)) ?? '$ROOTFS';
  const facts = kernel ?? { name, bzImage: '$BZIMAGE' };
  return { host: { accelerator, qemu }, kernel: facts, rootfs, nonce: '0'.repeat(16) };
}

function withSteps(scenario: Scenario, plan: Plan, { release, guestModules }: Inputs['kernel']) {
  if (plan.kind === 'skip') return plan;
  const steps = scenario.steps.map(({ name, kind, machine, params }) => {
    const rig = makeRig(scenario, plan, new Map(), name);
    const commands = stepKinds.find((k) => k.kind === kind)!.commands(params as never, rig);
    return { name, kind, machine, commands };
  });
  const modules = release !== undefined && guestModules ? { release, ...guestModules } : undefined;
  return { ...plan, steps, modules };
}

export const addPlan: AddCommand = (program, terminal, done) => {
  program
    .command('plan')
    .description(
      'print the QEMU command lines, guest steps and expectations of a scenario; or the jobs of a run',
    )
    .argument('[scenario...]', 'a name or a YAML file; of --json any number, or all')
    .option(
      '--json',
      'print the jobs of a run with what they need and take, for shards, CI systems and pools',
    )
    .option('--tag <expr>', 'of --json: only those whose tags match')
    .addOption(kernelOption())
    .addOption(patchOption())
    .addOption(imageOption())
    .addOption(setOption())
    .addOption(accelOption())
    .option('--no-controls', 'of --json: without the control runs')
    .addOption(withoutOption())
    .option('--coverage', 'of --json: record which lines of the kernel run')
    .option('--cost', "of --json: count the kernel's instructions per I/O")
    .option(
      '--series <series>',
      'of --json: the first run of each prefix of a patch series, as of `p2plab series`',
    )
    .option('--tree <dir>', 'of --series: a git tree, only read')
    .option('--base <base>', 'of --series: what it is based on')
    .addOption(repeatable('--after <series>', 'of --series: patches that come before it (repeatable)'))
    .option('--last', 'of --series: only the base and the whole series')
    .option('--retries <n>', 'of --series: how often what does not pass is run again', readRetries, 4)
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab plan nvme-copy-p2p --set provider=shm0\n  $ p2plab plan --json --tag "not long" >plan.json\n  $ p2plab plan --json --series v2.mbx --kernel p2pmem-6.12 >plan.json\n',
    )
    .action(async (names: string[], options: PlanJsonOptions & { json?: boolean }, command: Command) => {
      mustBeAsked(command, options);
      if (!options.json) return done(await planCommand(onlyName(names, command), options, terminal));
      await printPlanJson(names, options, terminal);
      return done(exitCodes.passed);
    });
};

const onlyOf = {
  json: ['tag', 'controls', 'coverage', 'cost', 'series'],
  series: ['tree', 'base', 'after', 'last', 'retries'],
} as const;

/** @throws HarnessError(scenario) for an option that would say nothing, since it belongs to one that is not there */
function mustBeAsked(command: Command, options: { json?: boolean; series?: string }): void {
  for (const whole of ['json', 'series'] as const) {
    if (options[whole]) continue;
    const idle = onlyOf[whole].find((name) => command.getOptionValueSource(name) === 'cli');
    if (idle === undefined) continue;
    const flag = idle === 'controls' ? '--no-controls' : `--${idle}`;
    throw new HarnessError('scenario', `${flag} says nothing without --${whole}`, {
      remedy: `add --${whole}, or leave ${flag} out`,
    });
  }
}

/** @throws CommanderError as for any command that wants an argument */
function onlyName(names: readonly string[], command: Command): string {
  const [name, ...more] = names;
  if (name === undefined) command.error("error: missing required argument 'scenario'");
  if (more.length === 0) return name;
  throw new HarnessError('scenario', `plan wants one scenario, not ${names.length}`, {
    remedy: 'name one; for the jobs of several: p2plab plan --json',
  });
}
