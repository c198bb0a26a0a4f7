import type { PlacedDevice } from './place-devices.js';
import type { PlannedNic } from './place-networks.js';

/** A device as QEMU is told of it: `driver` and properties, in the order in which they are written. */
export type DeviceOptions = { driver: string; id: string } & Record<string, string | number | boolean>;

/**
 * What a device is for QEMU, for its command line as for `device_add` in QMP (qapi/qdev.json), so that one that is
 * plugged in again is the same one.
 * @param subsystem an nvme-subsys that the drive belongs to: it keeps the namespace while the controller is unplugged
 */
export function deviceOptions(
  { device, bus, addr, multifunction }: PlacedDevice,
  nics: ReadonlyMap<string, PlannedNic>,
  subsystem?: string,
): DeviceOptions {
  const { id } = device;
  const at = { id, bus, addr, ...(multifunction && { multifunction }) };
  if (device.type === 'nvme') {
    return {
      ...{ driver: 'nvme', ...at, serial: id },
      ...(device.cmb > 0 && { cmb_size_mb: device.cmb / 2 ** 20 }),
      ...(device.mdts !== undefined && { mdts: device.mdts }),
      ...(subsystem !== undefined && { subsys: subsystem }),
    };
  }
  if (device.type === 'ivshmem') return { driver: 'ivshmem-plain', ...at, memdev: `${id}-mem` };
  return { driver: device.model, ...at, netdev: `${id}-net`, mac: nics.get(id)!.mac, romfile: '' };
}

/** As an argument of `-device`. */
export function optionText({ driver, ...properties }: DeviceOptions): string {
  const word = (value: string | number | boolean) =>
    value === true ? 'on' : value === false ? 'off' : value;
  return [driver, ...Object.entries(properties).map(([key, value]) => `${key}=${word(value)}`)].join(',');
}
