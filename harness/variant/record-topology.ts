import { withDeadline } from '../common/deadline.js';
import { readTopology } from '../evidence/topology.js';
import { isClient } from '../plan/predict.js';
import type { Recording } from './record-step.js';

/** What every guest found, and its kernel's answers about all paths: once, before the pools are first read. */
export async function recordTopology({ run, recorder, machines }: Recording): Promise<void> {
  const { plan, signal } = run;
  for (const { name, devices } of plan.machines) {
    const { guest, vm } = machines.get(name)!;
    const questions = {
      clients: devices.filter(isClient).map(({ id }) => id),
      providers: devices.filter(({ provider }) => provider).map(({ id }) => id),
      bdfs: recorder.machine(name).bdfs(),
    };
    const deadline = {
      phase: `reading the topology of ${name}`,
      ms: plan.limits.evidenceMs,
      blame: 'kernel' as const,
      evidence: vm.console.file,
    };
    recorder
      .machine(name)
      .topology(await withDeadline(deadline, signal, (s) => readTopology(guest, questions, s)));
  }
}
