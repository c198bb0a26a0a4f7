import os from 'node:os';
import type { HostFacts } from '../plan/host-facts.js';

/** The host as it stands in run.json: what a reader must know to believe the figures. */
export type HostDescription = {
  cpuModel: string;
  cpus: number;
  memoryMiB: number;
  kernel: string;
  qemu: string;
  accelerator: HostFacts['accelerator'];
  acceleratorWhy: string;
  node: string;
};

export function describeHost(facts: HostFacts, acceleratorWhy: string): HostDescription {
  return {
    cpuModel: os.cpus()[0]?.model ?? 'unknown',
    cpus: os.availableParallelism(),
    memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    kernel: os.release(),
    qemu: facts.qemu.version,
    accelerator: facts.accelerator,
    acceleratorWhy,
    node: process.versions.node,
  };
}
