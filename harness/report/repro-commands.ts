import type { Step } from '../scenario/scenario.js';
import { shellQuote } from '../vm/pasteable-command.js';
import { makeRig } from '../workload/make-rig.js';
import type { StepCommand } from '../workload/step-kind.js';
import { rebindScript, type NumberedScript } from './repro-guest.js';
import type { ReproInputs } from './repro-script.js';

/** A command of a step, and the name by which repro.sh calls it. */
export type Numbered = { step: Step; command: StepCommand; id: string; machine: string; what: string };

/** All commands of a result's steps, or what takes them back, in their order. */
export function numbered({ evidence, plan, kindOf }: ReproInputs, which: 'commands' | 'undo'): Numbered[] {
  const { scenario } = evidence;
  const steps = which === 'undo' ? scenario.steps.toReversed() : scenario.steps;
  return steps.flatMap((step) => {
    const actual = evidence.machines.find(({ name }) => name === step.machine)?.actual;
    const bdfs = new Map(actual?.devices.map(({ id, bdf }) => [id, bdf]));
    const made = kindOf(step)[which]?.(step.params as never, makeRig(scenario, plan, bdfs, step.name)) ?? [];
    return made.map((command, n) => ({
      ...{ step, command, machine: command.on ?? step.machine },
      id: `${which === 'undo' ? 'undo' : 'step'}-${step.name}-${n + 1}`,
      what: `${which === 'undo' ? 'undo of ' : ''}step ${step.name} (${command.label})`,
    }));
  });
}

export type Rebinding = NumberedScript & { machine: string };

/** Providers that lose their driver at the end and get it again. */
export function rebindsOf({ evidence, plan }: ReproInputs): Rebinding[] {
  return (evidence.scenario.rebind ?? []).map((provider) => {
    const machine = plan.machines.find(({ devices }) => devices.some(({ id }) => id === provider))!;
    const actual = evidence.machines.find(({ name }) => name === machine.name)?.actual;
    const planned = machine.devices.find(({ id }) => id === provider)!;
    const { bdf } = actual?.devices.find(({ id }) => id === provider) ?? planned;
    return { machine: machine.name, id: `rebind-${provider}`, script: rebindScript(bdf) };
  });
}

/** A step's commands, between the marks by which the trace is read. */
export function stepLines(step: Step, commands: readonly Numbered[]): string[] {
  const own = commands.filter((c) => c.step === step);
  return [`begin ${step.name}`, ...own.map(commandLine), `end ${step.name}`, ''];
}

/** A command in a guest, or an action of QEMU. */
export function commandLine({ command, id, machine, what }: Numbered): string {
  if ('script' in command) return `command_in ${machine} ${id} ${shellQuote(what)}`;
  const { execute, arguments: args = {}, untilGone = '' } = command.qmp;
  const request = `"${execute}", "arguments": ${JSON.stringify(args)}`;
  return `action ${machine} ${shellQuote(what)} ${shellQuote(request)} ${shellQuote(untilGone)} '${command.ends ? 'ends' : ''}'`;
}
