import type { RunPlan } from './plan.js';

/** QEMU's gdb stub, in the machine's folder. */
export const gdbSocket = 'gdb.sock';

/** A person at a debugger is not late: nothing has to be done within a day. */
const patientMs = 24 * 3600 * 1000;

/**
 * The same machines, stopped before their first instruction until gdb lets them go (QEMU's -S), at the addresses that
 * vmlinux has (nokaslr), and without deadlines.
 */
export function withGdb(plan: RunPlan): RunPlan {
  const machines = plan.machines.map((machine) => {
    const append = machine.argv.indexOf('-append') + 1;
    const argv = machine.argv.with(append, `${machine.argv[append]} nokaslr`);
    return { ...machine, argv: [...argv, '-gdb', `unix:${gdbSocket},server=on,wait=off`, '-S'] };
  });
  const { startMs, stopMs, ...others } = plan.limits;
  const limits = Object.fromEntries(Object.keys(others).map((name) => [name, patientMs]));
  return { ...plan, machines, limits: { startMs, stopMs, ...limits } as RunPlan['limits'] };
}
