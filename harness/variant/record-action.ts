import { HarnessError, type Blame } from '../common/errors.js';
import type { Recording } from './record-step.js';
import type { Step } from '../scenario/scenario.js';
import { readPciMap } from '../vm/pci-map.js';
import { performAction, type ActionEnd } from '../vm/perform-action.js';
import { explainTimeout } from '../workload/run-step.js';
import type { MachineAction } from '../workload/step-kind.js';

/** pciehp waits 5 s for a second press of the button, and RDMA's users of a NIC then wait for their peers. */
const slotWaitMs = 15_000;

/**
 * Has QEMU do something to a machine in the middle of a step, and keeps the evidence right: addresses traced before
 * and after are read against different maps, and a machine that ends here is out from now on.
 * @throws HarnessError(kernel) when the guest does not let a device go in time
 */
export async function recordAction(
  { run, recorder, machines }: Recording,
  step: Step,
  { label, on = step.machine, qmp, ends }: MachineAction,
  signal: AbortSignal,
): Promise<ActionEnd> {
  const { vm, guest } = machines.get(on)!;
  if (ends) {
    machines.delete(on);
    recorder.machine(on).ended(step.name);
  }
  const end = await performAction(vm.qmp, qmp, slotWaitMs + run.plan.limits.rebindMs, signal);
  if (end.late) {
    const what = `step ${step.name} (${label})`;
    const late = (blame: Blame) =>
      new HarnessError(blame, `${what}: the kernel has not let ${qmp.untilGone} go within ${end.ms} ms`, {
        remedy: 'read the end of the console log',
        evidence: vm.console.file,
      });
    const why = await explainTimeout(what, late('scenario'), guest, run.signal);
    throw why instanceof HarnessError && why.blame === 'scenario' ? late('kernel') : why;
  }
  if (!ends) await recorder.remappedMeanwhile(on, await readPciMap(vm.qmp, signal));
  return end;
}
