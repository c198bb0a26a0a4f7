import { HarnessError } from '../common/errors.js';
import { devicesOf, isProvider, type Machine, type Scenario } from '../scenario/scenario.js';

/** What a variant takes of its host while it runs. */
export type Load = {
  /** vCPUs of its machines. */
  cpus: number;
  /** Bytes: what its machines are expected to come to. */
  memory: number;
  /** Bytes: what they can come to, when their guests use all that they have. */
  mostMemory: number;
};

const MiB = 2 ** 20;
/** Seen beside the guest's RAM: up to 200 MiB of translated code and QEMU itself. */
const qemuMemory = 256 * MiB;
/** The plugin that counts keeps something of every block of code: seen to grow to 1100 MiB. */
const pluginMemory = 1280 * MiB;

/**
 * Of a variant of which nothing else is known.
 * @param counted whether QEMU's plugin counts what runs, for coverage or cost
 */
export function loadOf({ machines }: Pick<Scenario, 'machines'>, counted = false): Load {
  const all = Object.values(machines);
  const parts = mostMemoryOf({ machines }, counted);
  const mostMemory = parts.guests + parts.bars + parts.qemu;
  return { cpus: sum(all.map(({ cpus }) => cpus)), memory: mostMemory, mostMemory };
}

/** What `mostMemory` consists of, in bytes. */
export function mostMemoryOf({ machines }: Pick<Scenario, 'machines'>, counted = false) {
  const all = Object.values(machines);
  return {
    guests: sum(all.map(({ memory }) => memory)),
    bars: sum(all.map(barMemory)),
    qemu: all.length * (qemuMemory + (counted ? pluginMemory : 0)),
  };
}

/**
 * What is larger than the host is not waited for.
 * @param all bytes of memory that the host has, used or not
 * @throws HarnessError(host)
 */
export function mustFit({ mostMemory }: Load, { all }: { all: number }): void {
  if (mostMemory <= all) return;
  throw new HarnessError(
    'host',
    `the machines and their QEMUs can come to ${inMiB(mostMemory)} of memory, and this host has ${inMiB(all)}`,
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
/** `1072 MiB`. */
export const inMiB = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;
