import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Boot } from './boot.js';
import { asHarnessError, Interrupted } from '../common/errors.js';
import { Scope } from '../common/scope.js';
import { dumpMemory } from './dump-memory.js';
import { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import type { Evidence } from '../evidence/evidence.js';
import { hostMemory } from '../host/host-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import type { HostFacts } from '../plan/host-facts.js';
import { limitsAfterBoot } from '../plan/limits.js';
import { loadOf, mustFit } from '../plan/load.js';
import type { RunPlan } from '../plan/plan.js';
import { keepMachines } from './keep-machines.js';
import { canBeLeft, rememberAsFound } from './leave-as-found.js';
import { recordCost } from './record-cost.js';
import { recordCoverage } from './record-coverage.js';
import { recordEnd, recordReferences, recordUse } from './record-end.js';
import { recordPools, recordStep, undoSteps, type Recording } from './record-step.js';
import { recordTopology } from './record-topology.js';
import { Timeline, timelineFile } from '../evidence/timeline.js';
import { scenarioTitle, type Scenario, type Step } from '../scenario/scenario.js';
import { removeVmFiles } from './remove-vm-files.js';
import { startMachines, type Machines } from './start-machines.js';
import { takeOver } from './take-over.js';
import { controlSteps } from '../workload/control-steps.js';
import type { OwnFiles } from '../workload/own-files.js';
import { kindOf } from '../workload/step-kinds.js';

export type VariantRun = {
  scenario: Scenario;
  plan: RunPlan;
  kernel: Kernel;
  accelerator: HostFacts['accelerator'];
  ownFiles: OwnFiles;
  /** Folder of this variant's result; made here. */
  dir: string;
  /** Whether claims of peer-to-peer get their control run. */
  controls: boolean;
  /** Whether it is recorded which code of the kernel runs. */
  coverage: boolean;
  /** Whether the steps' I/O is repeated and counted. */
  cost: boolean;
  /** Phases as they begin: `boot target`, `step write`. */
  onPhase: (phase: string) => void;
  signal: AbortSignal;
  /** With the machines as the last step left them, before they are stopped. */
  beforeStop?: (recording: Recording) => Promise<void>;
  /** Whether the machines are left running, for `p2plab vms`. */
  keep?: boolean;
  /** After a panic the memory of machines up to this size is written into their folders. */
  dumpMemoryBytes?: number;
  /** What happened when; made here. */
  timeline?: Timeline;
};

/** On which boot a variant runs. */
export type OnBoot = {
  /** One that runs already; a new one without it. It is the variant's from now on. */
  boot?: Boot;
  /** Whether another variant wants to follow on it. */
  another: boolean;
};

/** `boot`: with machines as they were found, for another variant; whoever gets it disposes of it. */
export type VariantEnd = { evidence: Evidence; boot?: Boot };

/**
 * Boots a variant's machines, runs its steps and their control, and collects the evidence; whatever ends it early is
 * part of the evidence. Only Interrupted is thrown.
 */
export async function runVariant(
  asked: VariantRun,
  { boot: given, another }: OnBoot = { another: false },
): Promise<VariantEnd> {
  const { scenario, plan, dir } = asked;
  await mkdir(dir, { recursive: true });
  const timeline = new Timeline(path.join(dir, timelineFile), scenarioTitle(scenario.name, scenario.variant));
  const onPhase = (phase: string) => {
    timeline.add({ type: 'phase', phase });
    asked.onPhase(phase);
  };
  const run: VariantRun = { ...asked, timeline, onPhase };
  const recorder = new EvidenceRecorder(scenario, plan, dir);
  let kept = false;
  let left: Boot | undefined;
  try {
    await using scope = new Scope();
    const boot = scope.use('stop the machines', given ?? new Boot());
    mustFit(loadOf(scenario, run.coverage || run.cost), hostMemory());
    boot.timeline = timeline;
    boot.onFull = (error) => recorder.endedBy(error);
    const machines = await (given ? takeOver : startMachines)(run, recorder, boot);
    const recording = { run: atItsSpeed(run, machines), recorder, machines };
    if (another && !given) await rememberAsFound(recording, boot);
    const ran = await recordAll(recording).catch(async (error: unknown) => {
      if (error instanceof Interrupted || run.signal.aborted) throw new Interrupted();
      const end = asHarnessError(error);
      recorder.endedBy(end);
      await dumpMemory(recording, end);
      return undefined;
    });
    await run.beforeStop?.(recording);
    if (run.keep) kept = await keepMachines(recording);
    recordUse(recording, boot);
    if (another && ran && (await canBeLeft(recording, boot, ran))) {
      left = boot;
      scope.move(); // it goes on
    }
  } catch (error) {
    if (error instanceof Interrupted || run.signal.aborted) throw new Interrupted();
    recorder.endedBy(asHarnessError(error));
  } finally {
    if (run.coverage) await recordCoverage(run, recorder);
    if (!kept && !left) await removeVmFiles(plan, dir);
    await timeline[Symbol.asyncDispose]();
  }
  return { evidence: await recorder.finish(run.kernel), boot: left };
}

/** @returns the steps that ran, when all succeeded */
async function recordAll(recording: Recording): Promise<Step[] | undefined> {
  await recordTopology(recording);
  await recordReferences(recording, 'before');
  await recordPools(recording, 'before');
  const succeeded = await runSteps(recording);
  await recordPools(recording, 'after');
  const control = succeeded ? await runRest(recording) : undefined;
  await keepDmesg(recording);
  return control && [...recording.run.scenario.steps, ...control];
}

/** Deadlines by how long the guests' boot took, and no longer by what is usual. */
export function atItsSpeed(run: VariantRun, machines: Machines): VariantRun {
  const bootMs = Math.max(...[...machines.values()].map(({ vm }) => vm.bootMs));
  return { ...run, plan: { ...run.plan, limits: limitsAfterBoot(run.plan.limits, bootMs, run.accelerator) } };
}

/** Until one fails: later steps build on it. */
async function runSteps(recording: Recording, steps = recording.run.scenario.steps): Promise<boolean> {
  for (const step of steps) {
    if (!(await recordStep(recording, step))) return false;
    if (recording.run.cost && steps === recording.run.scenario.steps) await recordCost(recording, step);
  }
  return true;
}

/**
 * What comes after steps that succeeded: their control, and what there is to see when all is taken back.
 * @returns the control's steps
 */
async function runRest(recording: Recording): Promise<Step[]> {
  await undoSteps(recording, recording.run.scenario.steps);
  const control = await runControl(recording);
  await undoSteps(recording, control);
  await recordEnd(recording);
  return control;
}

/** On the same boot, with peer memory off: what a claim must differ from. @returns the steps that ran */
async function runControl(recording: Recording): Promise<Step[]> {
  const { run, recorder, machines } = recording;
  const steps = controlSteps(run.scenario, kindOf).filter(({ machine }) => machines.has(machine));
  if (steps.length === 0) return [];
  recorder.controlIs(run.controls ? 'run' : 'off');
  if (!run.controls) return [];
  await runSteps(recording, steps);
  return steps;
}

async function keepDmesg({ run, machines }: Recording): Promise<void> {
  run.onPhase('evidence');
  for (const [name, { guest }] of machines) {
    await writeFile(path.join(run.dir, name, 'dmesg.log'), await guest.read('dmesg', run.signal));
  }
}
