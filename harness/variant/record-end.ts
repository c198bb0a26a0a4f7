import type { Boot } from './boot.js';
import { withDeadline } from '../common/deadline.js';
import { asHarnessError, Interrupted } from '../common/errors.js';
import { scanForLeaks } from '../evidence/leak-scan.js';
import { readModuleReferences } from '../evidence/module-references.js';
import { readReferences } from '../evidence/references.js';
import { rebindProvider } from '../evidence/rebind.js';
import { recordPools, type Recording } from './record-step.js';
import { peakMemoryOf } from '../vm/peak-memory.js';
import { processorSecondsOf } from '../vm/processor-seconds.js';
import { explainTimeout } from '../workload/run-step.js';

/**
 * The last evidence, when all that the steps set up has been taken back: pools and references as they were at the
 * beginning, and providers that can lose their driver. Not so when a pool lacks memory: the kernel has a BUG() for
 * that (gen_pool_destroy() in lib/genalloc.c, 6.12), which would hide what was leaked when.
 */
export async function recordEnd(recording: Recording): Promise<void> {
  await recordPools(recording, 'end');
  await recordReferences(recording, 'end');
  await recordLeaks(recording);
  const { run, recorder } = recording;
  if (!recorder.poolsAreWhole()) return;
  for (const id of run.scenario.rebind ?? []) if (!(await recordRebind(recording, id))) return;
}

/** Of the machines that are still there: what one had before it ended may not have been the most. */
export function recordUse({ recorder, machines }: Recording, boot: Boot): void {
  for (const [name, { vm }] of machines) {
    const since = boot.processorSeconds.get(name) ?? 0;
    const seconds = processorSecondsOf(vm.pid);
    recorder.machine(name).used(peakMemoryOf(vm.pid), seconds && roundTo(seconds - since, 2));
    if (seconds !== undefined) boot.processorSeconds.set(name, seconds);
  }
}

const roundTo = (value: number, digits: number) => Number(value.toFixed(digits));

/** References on the PCI devices of drives and providers (a NIC stays in use by the network), and to modules. */
export async function recordReferences(recording: Recording, when: 'before' | 'end'): Promise<void> {
  const { run, recorder, machines } = recording;
  for (const { name, devices } of run.plan.machines) {
    const meant = new Set(devices.filter(({ device }) => device.type !== 'nic').map(({ id }) => id));
    const bdfs = new Map([...recorder.machine(name).bdfs()].filter(([id]) => meant.has(id)));
    const phase = `reading the references of ${name}`;
    const deadline = { phase, ms: run.plan.limits.evidenceMs, blame: 'kernel' as const };
    const guest = machines.get(name)?.guest;
    if (!guest) continue; // a step has ended the machine
    const references = await withDeadline(deadline, run.signal, (s) => readReferences(guest, bdfs, s));
    recorder.machine(name).references(when, references);
    if (run.kernel.guestModules) await recordModules(recording, name, when);
  }
}

async function recordModules({ run, recorder, machines }: Recording, name: string, when: 'before' | 'end') {
  const phase = `reading the references to modules of ${name}`;
  const deadline = { phase, ms: run.plan.limits.evidenceMs, blame: 'kernel' as const };
  const machine = recorder.machine(name);
  const { guest } = machines.get(name)!;
  const found = await withDeadline(deadline, run.signal, (s) =>
    readModuleReferences(guest, when === 'end' ? machine.modulesBefore : undefined, s),
  );
  machine.moduleReferences(when, found);
}

/** Memory that nobody points to, on a kernel that can tell. */
async function recordLeaks({ run, recorder, machines }: Recording): Promise<void> {
  for (const [name, { guest }] of machines) {
    const phase = `scanning the memory of ${name} for leaks`;
    const deadline = { phase, ms: run.plan.limits.evidenceMs, blame: 'kernel' as const };
    recorder
      .machine(name)
      .scannedForLeaks(await withDeadline(deadline, run.signal, (s) => scanForLeaks(guest, s)));
  }
}

/**
 * A kernel that waits for a page which nobody will give back hangs here. That is evidence like any other: what was
 * leaked before is the better reason.
 * @returns whether it came to its end
 */
async function recordRebind(recording: Recording, id: string): Promise<boolean> {
  const { run, recorder, machines } = recording;
  const { signal, plan } = run;
  const machine = plan.machines.find(({ devices }) => devices.some((device) => device.id === id))!.name;
  const { guest, vm } = machines.get(machine) ?? {};
  if (!guest || !vm) return true; // a step has ended the machine
  const phase = `unbinding and binding ${id}`;
  run.onPhase(`rebind ${id}`);
  const question = { id, bdf: recorder.machine(machine).bdfs().get(id)!, idle: recorder.poolBefore(id) };
  const deadline = { phase, ms: plan.limits.rebindMs, blame: 'scenario' as const, evidence: vm.console.file };
  try {
    const rebound = await withDeadline(deadline, signal, (s) => rebindProvider(guest, question, s));
    recorder.machine(machine).rebound(rebound);
    return true;
  } catch (error) {
    const late = await explainTimeout(phase, error, guest, signal);
    if (late instanceof Interrupted || asHarnessError(error).blame !== deadline.blame) throw late;
    recorder.machine(machine).rebound({ device: id, late: late.message, blame: late.blame });
    return false;
  }
}
