import path from 'node:path';
import { withDeadline } from '../common/deadline.js';
import { readMoment, type Moment, type MomentReading } from '../evidence/accounting.js';
import type { EvidenceRecorder, MovedBlocks } from '../evidence/evidence-recorder.js';
import { recordAction } from './record-action.js';
import type { VariantRun } from './run-variant.js';
import type { Step } from '../scenario/scenario.js';
import type { Machine, Machines } from './start-machines.js';
import { readPciMap } from '../vm/pci-map.js';
import { makeRig } from '../workload/make-rig.js';
import { explainTimeout, runCommands, runStep } from '../workload/run-step.js';
import { filesOf, ownFileOf } from '../workload/own-files.js';
import { folderName, ownFolder } from '../workload/own-test.js';
import type { MachineAction } from '../workload/step-kind.js';
import { kindOf } from '../workload/step-kinds.js';

export type Recording = { run: VariantRun; recorder: EvidenceRecorder; machines: Machines };

/** Runs one step with all its evidence. @returns whether its commands succeeded; what ends the guest is thrown */
export async function recordStep(recording: Recording, step: Step): Promise<boolean> {
  const { run, recorder, machines } = recording;
  const { name, machine } = step;
  const sampled = !run.scenario.without.includes('sampling');
  const moved = movedBlocks(run, step);
  run.onPhase(`step ${name}`);
  const begin = await everywhere(recording, {
    mark: `begin ${name}`,
    sampling: sampled ? 'begin' : undefined,
  });
  await recorder.beginStep(step, begin, moved);
  try {
    const context = { ...stepContext(recording, step), folder: path.join(machine, `step-${name}`) };
    const stepRun = await underDeadline(recording, step, async (signal) => {
      await sendOwnFiles(recording, step, signal);
      return runStep(step, kindOf(step), { ...context, signal });
    });
    const end = await everywhere(recording, { mark: `end ${name}`, sampling: sampled ? 'end' : undefined });
    await recorder.stepRan(stepRun, end, moved);
    for (const [other, { vm }] of machines)
      recorder.machine(other).remapped(await readPciMap(vm.qmp, run.signal));
    return stepRun.commands.every(({ exitCode }) => exitCode === 0);
  } finally {
    const ended = await recorder.endStep(); // the ledger needs no guest: also of a step that ended in a panic
    run.timeline?.step(ended);
  }
}

/** Each in a folder of its own, which is where the step looks for it. */
async function sendOwnFiles({ run, machines }: Recording, step: Step, signal: AbortSignal): Promise<void> {
  const { scenario, ownFiles } = run;
  const { guest } = machines.get(step.machine)!;
  for (const file of filesOf(step))
    await guest.send(
      ownFileOf(ownFiles, scenario, file),
      path.posix.join(ownFolder, folderName(file)),
      signal,
    );
}

/** One moment of all machines: what a step does on one may be seen on another. Ids of providers are unique over all. */
async function everywhere(recording: Recording, what: Moment): Promise<MomentReading> {
  const names = [...recording.machines.keys()];
  const readings = await Promise.all(names.map((name) => moment(recording, name, what)));
  const lowest = readings.map((reading) => reading.lowest).filter((l) => l !== undefined);
  return {
    pools: Object.assign({}, ...readings.map(({ pools }) => pools)),
    lowest: lowest.length > 0 ? Object.assign({}, ...lowest) : undefined,
  };
}

/** Takes back what steps left behind, the last first. */
export async function undoSteps(recording: Recording, steps: readonly Step[]): Promise<void> {
  for (const step of steps.toReversed()) {
    const undo = kindOf(step).undo;
    if (!undo || !recording.machines.has(step.machine)) continue;
    recording.run.onPhase(`undo ${step.name}`);
    const context = stepContext(recording, step);
    const commands = undo(step.params as never, context.rig);
    const folder = path.join(step.machine, `undo-${step.name}`);
    await underDeadline(recording, step, (signal) => runCommands(commands, { ...context, folder, signal }));
  }
}

/** The pools of every machine at rest. */
export async function recordPools(recording: Recording, when: 'before' | 'after' | 'end'): Promise<void> {
  for (const name of recording.machines.keys()) {
    recording.recorder
      .machine(name)
      .idle(when, (await moment(recording, name, { mark: `idle ${when}` })).pools);
  }
}

export function stepContext(recording: Recording, step: Step) {
  const { run, recorder, machines } = recording;
  const rig = makeRig(run.scenario, run.plan, recorder.machine(step.machine).bdfs(), step.name);
  return {
    guestOf: (name = step.machine) => machines.get(name)!.guest,
    act: (action: MachineAction, signal: AbortSignal) => recordAction(recording, step, action, signal),
    ...{ rig, resultDir: run.dir },
  };
}

/** The death of any machine ends it: one that waits for another would wait until the deadline. */
export function underDeadline<T>(
  { run, machines }: Recording,
  step: Step,
  work: (s: AbortSignal) => Promise<T>,
): Promise<T> {
  const { vm, guest } = machines.get(step.machine)!;
  const phase = `step ${step.name}`;
  const deadline = {
    phase,
    ms: run.plan.limits.stepMs,
    blame: 'scenario' as const,
    evidence: vm.console.file,
  };
  // made only when they are raced: a rejection that nobody takes would end the harness
  const deaths = () => [...machines].map(([name, machine]) => unlessMeant(name, machine, machines));
  return withDeadline(deadline, run.signal, (s) => Promise.race([work(s), ...deaths()])).catch(
    async (error: unknown) => {
      throw await explainTimeout(phase, error, guest, run.signal);
    },
  );
}

/** The death of a machine, other than of one that a step has ended. */
const unlessMeant = (name: string, { vm }: Machine, machines: Machines): Promise<never> =>
  vm.died.catch((error: unknown) => {
    if (machines.has(name)) throw error;
    return new Promise<never>(() => {});
  });

function moment({ run, recorder, machines }: Recording, name: string, what: Moment) {
  const deadline = {
    phase: `reading sysfs of ${name}`,
    ms: run.plan.limits.evidenceMs,
    blame: 'kernel' as const,
  };
  const { guest } = machines.get(name)!;
  return withDeadline(deadline, run.signal, (s) =>
    readMoment(guest, recorder.machine(name).idByBdf(), what, s),
  );
}

/** The blocks that a step moves, with the drive that has them: the disk itself, or what was exported. */
function movedBlocks({ scenario, plan }: VariantRun, step: Step): MovedBlocks | undefined {
  const ranges = kindOf(step).blocks?.(step.params as never);
  const disk = (step.params as { disk?: string }).disk;
  if (!ranges || disk === undefined) return undefined;
  const drive = makeRig(scenario, plan, new Map()).driveOf(disk);
  return drive === undefined ? undefined : { drive, ranges };
}
