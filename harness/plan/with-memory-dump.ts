import type { RunPlan } from './plan.js';

/** In the machine's folder. */
export const memoryDumpFile = 'memory.elf';

/** The same machines, whose kernel stays where it is after a panic (panic=0), so that its memory can be read. */
export function withMemoryDump(plan: RunPlan): RunPlan {
  const machines = plan.machines.map((machine) => {
    const append = machine.argv.indexOf('-append') + 1;
    return {
      ...machine,
      argv: machine.argv.with(append, machine.argv[append]!.replace('panic=-1', 'panic=0')),
    };
  });
  return { ...plan, machines };
}
