import { HarnessError } from '../common/errors.js';
import { devicesOf, isProvider, type Machine, type Scenario } from '../scenario/scenario.js';

/** What a variant takes of its host while it runs. */
export type Load = {
  /** vCPUs of its machines. */
  cpus: number;
  /** Bytes: what its guests and their QEMUs can come to. */
  memory: number;
};

const MiB = 2 ** 20;
/** Seen beside the guest's RAM: up to 200 MiB of translated code and QEMU itself. */
const qemuMemory = 256 * MiB;
/** The plugin that counts keeps something of every block of code: seen to grow to 1100 MiB. */
const pluginMemory = 1280 * MiB;

/** @param counted whether QEMU's plugin counts what runs, for coverage or cost */
export function loadOf({ machines }: Pick<Scenario, 'machines'>, counted = false): Load {
  const all = Object.values(machines);
  const beside = qemuMemory + (counted ? pluginMemory : 0);
  return {
    cpus: sum(all.map(({ cpus }) => cpus)),
    memory: sum(all.map((machine) => machine.memory + barMemory(machine) + beside)),
  };
}

/**
 * What is larger than the host is not waited for.
 * @param all bytes of memory that the host has, used or not
 * @throws HarnessError(host)
 */
export function mustFit({ memory }: Load, { all }: { all: number }): void {
  if (memory <= all) return;
  throw new HarnessError(
    'host',
    `the machines and their QEMUs can come to ${inMiB(memory)} of memory, and this host has ${inMiB(all)}`,
    { remedy: 'use a host with more memory, or give the machines less with `memory:` in the scenario' },
  );
}

/** The host's memory is behind BARs, too. */
const barMemory = (machine: Machine): number =>
  sum(
    devicesOf(machine)
      .filter(isProvider)
      .map((device) => (device.type === 'ivshmem' ? device.size : device.type === 'nvme' ? device.cmb : 0)),
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);
const inMiB = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;
