import type { RunPlan } from './plan.js';

/** In the machine's folder. */
export const memoryDumpFile = 'memory.elf';

/**
 * The same machines, whose kernel stays where it is after a panic (panic=0), so that its memory can be read. A kernel
 * with VMCORE_INFO tells QEMU by the vmcoreinfo device where things are, and drgn reads that from the dump; it is no
 * PCI device.
 */
export function withMemoryDump(plan: RunPlan): RunPlan {
  const machines = plan.machines.map((machine) => {
    const append = machine.argv.indexOf('-append') + 1;
    const words = machine.argv[append]!.replace('panic=-1', 'panic=0');
    return { ...machine, argv: [...machine.argv.with(append, words), '-device', 'vmcoreinfo'] };
  });
  return { ...plan, machines };
}
