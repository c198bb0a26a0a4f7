import { devicesOf, type Scenario } from '../scenario/scenario.js';

/** A NIC with everything about it that is fixed before boot. */
export type PlannedNic = { id: string; mac: string; address: string; prefixLength: number; netdev: string };

/** QEMU's `stream` netdev joins two ends; a third machine would need a hub process. */
export const maxMachinesPerNetwork = 2;

/**
 * Addresses and QEMU netdevs of every NIC, by NIC id. Network n of the scenario is 10.77.n.0/24 with hosts in file
 * order. A network on one machine is a hub of that QEMU; one between two machines is a Unix socket in the result's
 * folder, whose first end listens, so machines are started in file order.
 */
export function placeNetworks(scenario: Scenario): Map<string, PlannedNic> {
  const members = networkMembers(scenario);
  const nics = new Map<string, PlannedNic>();
  [...members].forEach(([network, ends], n) => {
    const machines = [...new Set(ends.map((end) => end.machine))];
    ends.forEach(({ id, machine }, host) => {
      nics.set(id, {
        id,
        mac: `52:54:00:77:${byte(n)}:${byte(host + 1)}`,
        address: `10.77.${n}.${host + 1}`,
        prefixLength: 24,
        netdev:
          machines.length === 1
            ? `hubport,id=${id}-net,hubid=${n}`
            : `stream,id=${id}-net,server=${machine === machines[0] ? 'on' : 'off'},addr.type=unix,addr.path=../${network}.sock`,
      });
    });
  });
  return nics;
}

/** The machines of each network, in file order. */
export function networkMembers(scenario: Scenario): Map<string, { id: string; machine: string }[]> {
  const members = new Map<string, { id: string; machine: string }[]>();
  for (const [machine, hardware] of Object.entries(scenario.machines)) {
    for (const device of devicesOf(hardware)) {
      if (device.type !== 'nic') continue;
      members.set(device.network, [...(members.get(device.network) ?? []), { id: device.id, machine }]);
    }
  }
  return members;
}

const byte = (n: number) => n.toString(16).padStart(2, '0');
