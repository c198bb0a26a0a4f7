import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunPlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { gdbSocket } from '../plan/with-gdb.js';

/** Disks and BARs are scratch and keys are secret: none outlives the VM. */
export async function removeVmFiles({ machines }: RunPlan, dir: string): Promise<void> {
  for (const { name: machine, scratch } of machines) {
    const { hostKey, authorizedKeys, qmpSocket, executedBlocks } = vmFiles;
    const names = [...scratch, hostKey, authorizedKeys, qmpSocket, gdbSocket, executedBlocks];
    for (const name of names) await rm(path.join(dir, machine, name), { force: true });
  }
}
