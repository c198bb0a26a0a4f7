import { devicesOf, type Scenario } from '../scenario/scenario.js';
import type { Needs, Plan } from './plan-document.js';

/** An allowance for each QEMU: its own memory, and what TCG has translated of such guests. */
const qemuMiB = 256;

/** What a variant needs of the machine that it runs on. */
export function needsOf(scenario: Scenario, { accelerator, coverage, cost }: Plan['settings']): Needs {
  const machines = Object.values(scenario.machines);
  const bytes = machines.reduce((sum, machine) => sum + machine.memory + barBytes(machine), 0);
  return {
    cpus: machines.reduce((sum, { cpus }) => sum + cpus, 0),
    memoryMiB: Math.ceil(bytes / 2 ** 20) + machines.length * qemuMiB,
    exclusive: scenario.tags.includes('bench'),
    accelerator: coverage || cost ? 'tcg' : accelerator === 'auto' ? 'any' : accelerator,
  };
}

const barBytes = (machine: Scenario['machines'][string]): number =>
  devicesOf(machine).reduce(
    (sum, device) =>
      sum + (device.type === 'nvme' ? device.cmb : device.type === 'ivshmem' ? device.size : 0),
    0,
  );

/** A compiler takes all processors that there are. */
export const kernelBuildNeeds: Needs = { cpus: 2, memoryMiB: 2048, exclusive: false, accelerator: 'any' };
export const imageBuildNeeds: Needs = { cpus: 1, memoryMiB: 1024, exclusive: false, accelerator: 'any' };
