import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDeadline } from './common/deadline.js';
import { asHarnessError, Interrupted } from './common/errors.js';
import { Scope } from './common/scope.js';
import { readAccounting } from './evidence/accounting.js';
import { EvidenceRecorder } from './evidence/evidence-recorder.js';
import type { Evidence } from './evidence/evidence.js';
import { checkIdentity } from './guest/check-identity.js';
import { connectGuest, type Guest } from './guest/connect-guest.js';
import { makeRunKeys } from './guest/run-keys.js';
import type { Kernel } from './kernel/kernel.js';
import type { RunPlan } from './plan/plan.js';
import { vmFiles } from './plan/qemu-argv.js';
import type { Scenario, Step } from './scenario/scenario.js';
import { readPciMap } from './vm/pci-map.js';
import { startVm, type Vm } from './vm/start-vm.js';
import { makeRig } from './workload/make-rig.js';
import { explainTimeout, runStep, type StepRun } from './workload/run-step.js';
import { stepKinds } from './workload/step-kinds.js';

export type VariantRun = {
  scenario: Scenario;
  plan: RunPlan;
  kernel: Kernel;
  /** Folder of this variant's result; made here. */
  dir: string;
  /** Phases as they begin: `boot target`, `step write`. */
  onPhase: (phase: string) => void;
  signal: AbortSignal;
};
type Machine = { vm: Vm; guest: Guest };

/**
 * Boots a variant's machines, runs its steps and collects the evidence; whatever ends it early is part of the
 * evidence. Only Interrupted is thrown.
 */
export async function runVariant(run: VariantRun): Promise<Evidence> {
  const { scenario, plan, dir } = run;
  await mkdir(dir, { recursive: true });
  const recorder = new EvidenceRecorder(scenario, plan, dir);
  try {
    await using scope = new Scope();
    const machines = await startMachines(run, recorder, scope);
    await recordIdle(run, recorder, machines, 'before');
    for (const step of scenario.steps) {
      run.onPhase(`step ${step.name}`);
      const { commands } = await recordStep(run, recorder, machines, step);
      if (commands.some(({ exitCode }) => exitCode !== 0)) break; // later steps build on it
    }
    run.onPhase('evidence');
    await recordIdle(run, recorder, machines, 'after');
    await keepDmesg(run, machines);
  } catch (error) {
    if (error instanceof Interrupted || run.signal.aborted) throw new Interrupted();
    recorder.endedBy(asHarnessError(error));
  } finally {
    await removeVmFiles(plan, dir);
  }
  return recorder.finish();
}

/** In file order, since the second end of a network connects to the first. */
async function startMachines(
  run: VariantRun,
  recorder: EvidenceRecorder,
  scope: Scope,
): Promise<Map<string, Machine>> {
  const { plan, kernel, dir, signal } = run;
  const keys = makeRunKeys();
  const machines = new Map<string, Machine>();
  for (const machine of plan.machines) {
    run.onPhase(`boot ${machine.name}`);
    const startedAt = performance.now();
    const vmDir = path.join(dir, machine.name);
    await mkdir(vmDir, { recursive: true });
    const files = { hostKey: keys.hostPrivate, authorizedKeys: keys.clientPublic };
    const vm = scope.use(`stop ${machine.name}`, await startVm(machine, vmDir, files, plan.limits, signal));
    const { connectMs } = plan.limits;
    const address = { machine: machine.name, port: vm.sshPort, keys, connectMs, died: vm.died };
    const guest = scope.use(`log out of ${machine.name}`, await connectGuest(address, signal));
    await checkIdentity(
      guest,
      { nonce: machine.nonce, buildId: kernel.buildId, release: kernel.release },
      signal,
    );
    const sshMs = performance.now() - startedAt;
    recorder.booted(machine.name, { bootMs: vm.bootMs, sshMs, actual: await readPciMap(vm.qmp, signal) });
    machines.set(machine.name, { vm, guest });
  }
  return machines;
}

async function recordIdle(
  run: VariantRun,
  recorder: EvidenceRecorder,
  machines: Map<string, Machine>,
  when: 'before' | 'after',
) {
  for (const [name, machine] of machines) {
    recorder.idle(name, when, await account(run, recorder, name, machine, `idle ${when}`));
  }
}

async function recordStep(
  run: VariantRun,
  recorder: EvidenceRecorder,
  machines: Map<string, Machine>,
  step: Step,
): Promise<StepRun> {
  const { scenario, plan, dir, signal } = run;
  const { name, machine } = step;
  const here = machines.get(machine)!;
  const kind = stepKinds.find((k) => k.kind === step.kind)!;
  const rig = makeRig(scenario, plan, recorder.bdfs(machine));
  const folder = path.join(machine, `step-${name}`);
  const deadline = {
    phase: `step ${name}`,
    ms: plan.limits.stepMs,
    blame: 'scenario' as const,
    evidence: here.vm.console.file,
  };

  await recorder.beginStep(step, await account(run, recorder, machine, here, `begin ${name}`));
  try {
    const stepRun = await withDeadline(deadline, signal, (s) =>
      runStep(step, kind, { guest: here.guest, rig, resultDir: dir, folder, signal: s }),
    ).catch(async (error: unknown) => {
      throw error instanceof Interrupted ? error : await explainTimeout(step, error, here.guest, signal);
    });
    recorder.stepRan(stepRun, await account(run, recorder, machine, here, `end ${name}`));
    for (const [other, { vm }] of machines) recorder.remapped(other, await readPciMap(vm.qmp, signal));
    return stepRun;
  } finally {
    await recorder.endStep(); // the ledger needs no guest: also of a step that ended in a panic
  }
}

function account(
  run: VariantRun,
  recorder: EvidenceRecorder,
  name: string,
  { guest }: Machine,
  mark: string,
) {
  const { plan, signal } = run;
  const deadline = {
    phase: `reading sysfs of ${name}`,
    ms: plan.limits.evidenceMs,
    blame: 'kernel' as const,
  };
  return withDeadline(deadline, signal, (s) => readAccounting(guest, recorder.idByBdf(name), mark, s));
}

async function keepDmesg({ dir, signal }: VariantRun, machines: Map<string, Machine>): Promise<void> {
  for (const [name, { guest }] of machines) {
    await writeFile(path.join(dir, name, 'dmesg.log'), await guest.read('dmesg', signal));
  }
}

/** Disks and BARs are scratch and keys are secret: none outlives the VM. */
async function removeVmFiles({ machines }: RunPlan, dir: string): Promise<void> {
  for (const { name: machine, scratch } of machines) {
    const names = [...scratch, vmFiles.hostKey, vmFiles.authorizedKeys, vmFiles.qmpSocket];
    for (const name of names) await rm(path.join(dir, machine, name), { force: true });
  }
}
