import { mkdir } from 'node:fs/promises';
import { Boot } from './boot.js';
import { asHarnessError, describeError, HarnessError, Interrupted } from '../common/errors.js';
import { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import type { Seat } from '../guest/interactive-shell.js';
import { recordStep, type Recording } from './record-step.js';
import { removeVmFiles } from './remove-vm-files.js';
import { atItsSpeed, type VariantRun } from './run-variant.js';
import { startMachines } from './start-machines.js';
import { makeRig } from '../workload/make-rig.js';
import { deviceVariables } from '../workload/own-test.js';

export type ShellRequest = {
  /** The machine to log in to; the first without it. */
  machine?: string;
  /** The last step to run before; none without it. */
  until?: string;
  seat: Seat;
  say: (text: string) => void;
};

/**
 * Boots a variant's machines, runs its steps up to one, and gives the user a shell in a guest. A step that fails is told,
 * and the shell comes all the same: somebody wants to see why. What it made is taken down when the shell ends.
 * @returns the shell's exit code
 */
export async function shellVariant(run: VariantRun, request: ShellRequest): Promise<number> {
  const { scenario, plan, dir } = run;
  const steps = stepsUntil(run, request.until);
  const machine = machineOf(run, request.machine);
  await mkdir(dir, { recursive: true });
  const recorder = new EvidenceRecorder(scenario, plan, dir);
  try {
    await using boot = new Boot();
    const machines = await startMachines(run, recorder, boot);
    const recording = { run: atItsSpeed(run, machines), recorder, machines };
    for (const step of steps) if (!(await stepSucceeds(recording, step, request.say))) break;
    return await shellIn(recording, machine, request);
  } finally {
    await removeVmFiles(plan, dir);
  }
}

async function stepSucceeds(
  recording: Recording,
  step: Parameters<typeof recordStep>[1],
  say: ShellRequest['say'],
): Promise<boolean> {
  try {
    if (await recordStep(recording, step)) return true;
    say(
      `step ${step.name} failed: its output is in ${recording.run.dir}/${step.machine}/step-${step.name}\n`,
    );
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    say(`step ${step.name}: ${describeError(asHarnessError(error))}\n`);
  }
  return false;
}

/** A shell in a guest that runs. Devices are variables there, as in an own test. */
export async function shellIn(
  { run, recorder, machines }: Recording,
  machine: string,
  { seat, say }: Pick<ShellRequest, 'seat' | 'say'>,
): Promise<number> {
  const there = machines.get(machine);
  if (!there) {
    throw new HarnessError('scenario', `machine ${machine} is not there any more: a step has ended it`, {
      remedy: 'name another with --machine, or an earlier step with --until',
    });
  }
  const variables = deviceVariables(makeRig(run.scenario, run.plan, recorder.machine(machine).bdfs()));
  const names = variables.flatMap((line) =>
    [...line.matchAll(/export (\w+)=/g)].map(([, name]) => `$${name}`),
  );
  say(`shell in ${machine}; devices are ${names.join(' ')}; leave it with exit or Ctrl-D\n`);
  const command = [...variables, 'cd /root', 'exec sh -l'].join('\n');
  return there.guest.shell(command, seat, run.signal);
}

function stepsUntil({ scenario }: VariantRun, until: string | undefined) {
  if (until === undefined) return [];
  const at = scenario.steps.findIndex(({ name }) => name === until);
  if (at >= 0) return scenario.steps.slice(0, at + 1);
  throw new HarnessError('scenario', `${scenario.name} has no step ${until}`, {
    remedy: `name one of: ${scenario.steps.map(({ name }) => name).join(', ')}`,
  });
}

function machineOf({ plan }: VariantRun, wanted: string | undefined): string {
  const names = plan.machines.map(({ name }) => name);
  if (wanted === undefined) return names[0]!;
  if (names.includes(wanted)) return wanted;
  throw new HarnessError('scenario', `there is no machine ${wanted}`, {
    remedy: `name one of: ${names.join(', ')}`,
  });
}
