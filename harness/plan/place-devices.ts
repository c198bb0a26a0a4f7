import type { Card, Device, Machine, Slot, Switch } from '../scenario/scenario.js';
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
};
export type PlacedBridge = Placed & {
  model: 'pcie-root-port' | 'x3130-upstream' | 'xio3130-downstream';
  /** Chassis and slot number; an upstream port has none. */
  chassis?: number;
};
export type PlacedDevice = Placed & { device: Device };
export type Placement = { bridges: PlacedBridge[]; devices: PlacedDevice[] };

/** Slots 1 to 3 of the root complex hold the management NIC, the root disk and a virtio-iommu; 0x1f is the chipset's. */
const firstRootPortSlot = 4;
const lastRootPortSlot = 0x1e;
export const maxRootPorts = lastRootPortSlot - firstRootPortSlot + 1;

/**
 * Gives every slot of a machine a root port and every device its address.
 *
 * Bus numbers are predicted as SeaBIOS gives them (src/fw/pciinit.c, pci_bios_init_bus_rec): depth first, in the
 * order of slots; Linux keeps what the firmware set. The topology evidence compares them with the real ones.
 */
export function placeDevices(machine: Machine): Placement {
  return new Placer().place(machine.pcie);
}

class Placer {
  readonly #placement: Placement = { bridges: [], devices: [] };
  #lastBus = 0;
  #lastChassis = 0;

  place(slots: Slot[]): Placement {
    slots.forEach((slot, index) => this.#placeSlot(slot, index));
    return this.#placement;
  }

  #placeSlot(slot: Slot, index: number): void {
    const port = this.#bridge('pcie-root-port', `rp${index}`, {
      parent: { id: 'pcie.0', busNumber: 0, behind: [] },
      slot: firstRootPortSlot + index,
    });
    this.#placeBelow(slot, port, `sw${index}`);
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
      });
    });
  }

  #bridge(model: PlacedBridge['model'], id: string, at: { parent: ParentBus; slot: number }): ParentBus {
    const { parent, slot } = at;
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
    });
    return { id, busNumber, behind: [...parent.behind, id] };
  }
}

type ParentBus = { id: string; busNumber: number; behind: string[] };
