import type { Card, Device, HostBridge, Machine, Slot, Switch } from '../scenario/scenario.js';
import { formatBdf } from './bdf.js';

/** A device or bridge where the plan puts it: QEMU's bus and address, and the BDF that the guest will see. */
export type Placed = {
  id: string;
  /** QEMU id of the bus it sits on. */
  bus: string;
  /** QEMU `addr=`: slot, or slot.function for a card. */
  addr: string;
  multifunction: boolean;
  bdf: string;
  /** Bridges from the root complex down to it, outermost first. */
  behind: string[];
  /** Number of the root bus that it is on or below; absent: 0, the machine's own. */
  rootBus?: number;
};
export type PlacedBridge = Placed & {
  model: 'pcie-root-port' | 'x3130-upstream' | 'xio3130-downstream' | 'pxb-pcie';
  /** Of a host bridge (pxb-pcie, a function of bus 0): the number of the root bus that it adds. */
  addsRootBus?: number;
  /** Chassis and slot number; an upstream port has none. */
  chassis?: number;
};
export type PlacedDevice = Placed & { device: Device };
export type Placement = { bridges: PlacedBridge[]; devices: PlacedDevice[] };

/** Slots 1 to 3 of the root complex hold the management NIC, the root disk and a virtio-iommu; 0x1f is the chipset's. */
const firstRootPortSlot = 4;
const lastRootPortSlot = 0x1e;
export const maxRootPorts = lastRootPortSlot - firstRootPortSlot + 1;

/** Each root bus has as many numbers: 0x00 to 0x3f are the machine's own, 0x40 to 0x7f of the next host bridge. */
export const busesPerHostBridge = 0x40;
export const maxHostBridges = 0x100 / busesPerHostBridge - 1;
/** QEMU's pxb-pcie puts nothing on its bus by itself. */
const firstSlotOfHostBridge = 1;

/**
 * Gives every slot of a machine a root port and every device its address.
 *
 * Bus numbers are predicted as SeaBIOS gives them (src/fw/pciinit.c, pci_bios_init_bus_rec): depth first, in the
 * order of slots, and root buses that host bridges add after all of bus 0 (pci_bios_init_bus); Linux keeps what the
 * firmware set. The topology evidence compares them with the real ones.
 */
export function placeDevices(machine: Machine): Placement {
  return new Placer().place(machine.pcie);
}

class Placer {
  readonly #placement: Placement = { bridges: [], devices: [] };
  #lastBus = 0;
  #lastChassis = 0;

  place(entries: (Slot | HostBridge)[]): Placement {
    const added: { bus: ParentBus; ports: Slot[] }[] = [];
    entries.forEach((entry, index) => {
      const at = { parent: { id: 'pcie.0', busNumber: 0, behind: [] }, slot: firstRootPortSlot + index };
      if (entry.type !== 'host-bridge') return this.#placeSlot(entry, at, index);
      const busNumber = (added.length + 1) * busesPerHostBridge;
      added.push({ bus: this.#hostBridge(`hb${index}`, at, busNumber), ports: entry.ports });
    });
    for (const { bus, ports } of added) {
      this.#lastBus = bus.busNumber;
      ports.forEach((slot, n) =>
        this.#placeSlot(slot, { parent: bus, slot: firstSlotOfHostBridge + n }, n, `${bus.id}-`),
      );
    }
    return this.#placement;
  }

  #placeSlot(slot: Slot, at: At, index: number, prefix = ''): void {
    const port = this.#bridge('pcie-root-port', `${prefix}rp${index}`, at);
    this.#placeBelow(slot, port, `${prefix}sw${index}`);
  }

  #hostBridge(id: string, { parent, slot }: At, busNumber: number): ParentBus {
    this.#placement.bridges.push({
      id,
      model: 'pxb-pcie',
      bus: parent.id,
      addr: `0x${slot.toString(16)}`,
      multifunction: false,
      bdf: formatBdf({ bus: parent.busNumber, slot, fn: 0 }),
      behind: [],
      addsRootBus: busNumber,
    });
    return { id, busNumber, behind: [], rootBus: busNumber };
  }

  #placeBelow(slot: Slot, port: ParentBus, switchId: string): void {
    if (slot.type === 'switch') this.#placeSwitch(slot, switchId, port);
    else this.#placeEndpoint(slot, port);
  }

  #placeSwitch({ ports }: Switch, id: string, parent: ParentBus): void {
    const upstream = this.#bridge('x3130-upstream', id, { parent, slot: 0 });
    ports.forEach((slot, n) => {
      const port = this.#bridge('xio3130-downstream', `${id}-dp${n}`, { parent: upstream, slot: n });
      this.#placeBelow(slot, port, `${port.id}-sw`);
    });
  }

  #placeEndpoint(endpoint: Device | Card, parent: ParentBus): void {
    const functions = endpoint.type === 'card' ? endpoint.functions : [endpoint];
    functions.forEach((device, fn) => {
      this.#placement.devices.push({
        id: device.id,
        device,
        bus: parent.id,
        addr: `0.${fn}`,
        multifunction: fn === 0 && functions.length > 1,
        bdf: formatBdf({ bus: parent.busNumber, slot: 0, fn }),
        behind: parent.behind,
        ...(parent.rootBus !== undefined && { rootBus: parent.rootBus }),
      });
    });
  }

  #bridge(model: PlacedBridge['model'], id: string, { parent, slot }: At): ParentBus {
    const busNumber = ++this.#lastBus;
    this.#placement.bridges.push({
      id,
      model,
      bus: parent.id,
      addr: `0x${slot.toString(16)}`,
      multifunction: false,
      bdf: formatBdf({ bus: parent.busNumber, slot, fn: 0 }),
      behind: parent.behind,
      chassis: model === 'x3130-upstream' ? undefined : ++this.#lastChassis,
      ...(parent.rootBus !== undefined && { rootBus: parent.rootBus }),
    });
    return { id, busNumber, behind: [...parent.behind, id], rootBus: parent.rootBus };
  }
}

type ParentBus = { id: string; busNumber: number; behind: string[]; rootBus?: number };
type At = { parent: ParentBus; slot: number };
