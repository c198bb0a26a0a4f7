import { bareScenario } from '../scenario/bare.test.support.js';
import type { HostBridge, Ivshmem, Machine, Nic, NvmeDrive, Scenario, Slot } from '../scenario/scenario.js';
import { planScenario, type MachinePlan, type PlanInputs } from './plan.js';

export const MiB = 2 ** 20;
export const nvme = (id: string, cmb = 0): NvmeDrive => ({ type: 'nvme', id, size: 64 * MiB, cmb });
export const ivshmem = (id: string): Ivshmem => ({ type: 'ivshmem', id, size: 32 * MiB });
export const nic = (id: string, network: string): Nic => ({
  type: 'nic',
  model: 'virtio-net-pci',
  id,
  network,
});

export const machine = (...pcie: Machine['pcie']): Machine => {
  return { cpu: 'EPYC', cpus: 2, memory: 768 * MiB, pcie, append: [] };
};

/** One more beside the machine's own. */
export const hostBridge = (...ports: Slot[]): HostBridge => ({ type: 'host-bridge', ports });

export const scenario = (machines: Record<string, Machine>, over: Partial<Scenario> = {}): Scenario =>
  bareScenario({ title: 'A sample', machines, ...over });

export const inputs: PlanInputs = {
  host: { accelerator: 'tcg', qemu: { binary: 'qemu-system-x86_64', version: '7.2.22' } },
  kernel: { name: 'k', bzImage: '/k/bzImage' },
  rootfs: '/i/root.erofs',
  nonce: '0123456789abcdef',
};

/** The machines of a plan that must be one to run. */
export function machinesOf(planned: Scenario, over: Partial<PlanInputs> = {}): MachinePlan[] {
  const plan = planScenario(planned, { ...inputs, ...over });
  if (plan.kind === 'skip') throw new Error(plan.reasons.join('; '));
  return plan.machines;
}
