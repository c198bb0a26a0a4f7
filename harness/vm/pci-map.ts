import type { QmpClient } from './qmp-client.js';
import { formatBdf } from '../plan/bdf.js';

/** An address window of the guest's physical address space; `end` is one past the last byte. */
export type Window = { start: number; end: number };
export type BarWindow = Window & { bar: number };
/** What QEMU says a device is mapped to at this moment: outside the kernel's reach to embellish. */
export type ActualDevice = { id: string; bdf: string; vendor: number; product: number; bars: BarWindow[] };
export type PciMap = { devices: ActualDevice[]; ram: Window[] };

type QmpPciDevice = {
  qdev_id: string;
  bus: number;
  slot: number;
  function: number;
  id: { vendor: number; device: number };
  regions: { bar: number; type: 'io' | 'memory'; address: number; size: number }[];
  pci_bridge?: { devices?: QmpPciDevice[] };
};

/** Asks QEMU where every device's BARs and the guest's RAM are mapped now. */
export async function readPciMap(qmp: QmpClient, signal: AbortSignal): Promise<PciMap> {
  const buses = (await qmp.execute('query-pci', {}, signal)) as { devices: QmpPciDevice[] }[];
  const devices = buses.flatMap((bus) => bus.devices.flatMap(flatten)).filter((d) => d.qdev_id !== '');
  const flatView = await qmp.human('info mtree -f', signal);
  return { devices: devices.map(actualDevice), ram: parseRam(flatView) };
}

/** Whether QEMU has a PCI device of this id: one that is unplugged is gone when the guest has let it go. */
export async function hasPciDevice(qmp: QmpClient, id: string, signal: AbortSignal): Promise<boolean> {
  const buses = (await qmp.execute('query-pci', {}, signal)) as { devices: QmpPciDevice[] }[];
  return buses.some((bus) => bus.devices.flatMap(flatten).some(({ qdev_id }) => qdev_id === id));
}

/** Ranges of `pc.ram` in the flat view of the address space "memory" (QEMU's `info mtree -f`). */
export function parseRam(flatView: string): Window[] {
  const view = flatView.split(/^FlatView /m).find((text) => /^ AS "memory", root: system$/m.test(text)) ?? '';
  const lines = view.matchAll(/^ {2}([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, ram\): pc\.ram\b/gm);
  return [...lines].map(([, start, last]) => ({ start: parseInt(start!, 16), end: parseInt(last!, 16) + 1 }));
}

const flatten = (device: QmpPciDevice): QmpPciDevice[] => [
  device,
  ...(device.pci_bridge?.devices ?? []).flatMap(flatten),
];

function actualDevice(device: QmpPciDevice): ActualDevice {
  const { qdev_id, bus, slot, id, regions } = device;
  return {
    id: qdev_id,
    bdf: formatBdf({ bus, slot, fn: device.function }),
    vendor: id.vendor,
    product: id.device,
    bars: regions
      .filter(({ type, address }) => type === 'memory' && address > 0)
      .map(({ bar, address, size }) => ({ bar, start: address, end: address + size })),
  };
}
