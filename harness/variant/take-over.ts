import path from 'node:path';
import type { Boot } from './boot.js';
import { withDeadline } from '../common/deadline.js';
import type { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import type { VariantRun } from './run-variant.js';
import type { Machines } from './start-machines.js';
import { moveVm } from '../vm/move-vm.js';
import { readPciMap } from '../vm/pci-map.js';

/** The disks are empty again, and no guest may have their old contents in its memory. */
const forgetDisks =
  'for disk in /dev/nvme[0-9]*n[0-9]*; do [ ! -b "$disk" ] || blockdev --flushbufs "$disk"; done';

/** Makes machines that an earlier variant left as it found them this variant's: all they tell goes into its folder. */
export async function takeOver(run: VariantRun, recorder: EvidenceRecorder, boot: Boot): Promise<Machines> {
  const { plan, dir, signal } = run;
  run.onPhase('take over');
  recorder.bootHad(boot.earlier); // first: if that is as far as it comes, a boot of its own may do better
  for (const machine of plan.machines) {
    const { name } = machine;
    const { vm, guest } = boot.machines.get(name)!;
    await moveVm(
      vm,
      machine,
      { dir: path.join(dir, name), consoleFrom: boot.consoleBytes.get(name)! },
      signal,
    );
    const deadline = { phase: `taking ${name} over`, ms: plan.limits.evidenceMs, blame: 'harness' as const };
    await withDeadline(deadline, signal, (s) => guest.read(forgetDisks, s));
    recorder.machine(name).found(await readPciMap(vm.qmp, signal));
  }
  return boot.machines;
}
