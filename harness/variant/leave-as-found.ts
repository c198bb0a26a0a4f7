import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Boot } from './boot.js';
import { withDeadline } from '../common/deadline.js';
import { readGuestState, stateChanges, type GuestState } from '../evidence/guest-state.js';
import { removeVmFiles } from './remove-vm-files.js';
import { stepContext, underDeadline, type Recording } from './record-step.js';
import { scenarioTitle, type Step } from '../scenario/scenario.js';
import { readPciMap } from '../vm/pci-map.js';
import { runCommands } from '../workload/run-step.js';
import { kindOf } from '../workload/step-kinds.js';

/** How the guests are before the first step, for leaveAsFound(). */
export async function rememberAsFound({ run, machines }: Recording, boot: Boot): Promise<void> {
  for (const name of machines.keys()) boot.asFound.set(name, await stateOf({ run, machines }, name));
}

/**
 * Whether another variant can follow on these machines; then nothing of them is removed yet.
 * @param ran all steps that ran, in their order
 */
export async function canBeLeft(recording: Recording, boot: Boot, ran: readonly Step[]): Promise<boolean> {
  const { recorder, run, machines } = recording;
  const { scenario, plan, dir } = run;
  if (machines.size < plan.machines.length) return false; // a step has ended one
  const changes = await leaveAsFound(recording, boot, ran);
  if (Object.keys(changes).length > 0) {
    recorder.leftChanged(changes);
    return false;
  }
  for (const [name, { vm }] of machines) boot.consoleBytes.set(name, (await stat(vm.console.file)).size);
  boot.earlier.push(scenarioTitle(scenario.name, scenario.variant));
  boot.scope.defer('remove the disks', () => removeVmFiles(plan, dir));
  return true;
}

/**
 * Takes back what steps leave behind even after their undo, and compares the guests and what QEMU has mapped with how
 * they were before the first step.
 * @param steps all that ran, in their order
 * @returns by machine what is different now; empty when another variant can follow on this boot
 */
async function leaveAsFound(
  recording: Recording,
  boot: Boot,
  steps: readonly Step[],
): Promise<Record<string, string[]>> {
  const { run, recorder, machines } = recording;
  run.onPhase('leave as found');
  for (const step of steps.toReversed()) await takeBack(recording, step);
  const changed: Record<string, string[]> = {};
  for (const [name, { vm }] of machines) {
    const changes = stateChanges(boot.asFound.get(name) ?? [], await stateOf(recording, name));
    const map = await readPciMap(vm.qmp, run.signal);
    if (!isDeepStrictEqual(map, recorder.machine(name).actual)) changes.push('what QEMU has mapped');
    if (changes.length > 0) changed[name] = changes;
  }
  return changed;
}

async function takeBack(recording: Recording, step: Step): Promise<void> {
  const context = stepContext(recording, step);
  const commands = kindOf(step).asFound?.(step.params as never, context.rig) ?? [];
  if (commands.length === 0) return;
  const folder = `${step.machine}/leave-${step.name}`;
  await underDeadline(recording, step, (signal) => runCommands(commands, { ...context, folder, signal }));
}

function stateOf({ run, machines }: Pick<Recording, 'run' | 'machines'>, name: string): Promise<GuestState> {
  const phase = `reading the state of ${name}`;
  const deadline = { phase, ms: run.plan.limits.evidenceMs, blame: 'kernel' as const };
  return withDeadline(deadline, run.signal, (s) => readGuestState(machines.get(name)!.guest, s));
}
