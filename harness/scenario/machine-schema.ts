import * as z from 'zod';
import type { ZodType } from 'zod';
import { byKey } from './by-key.js';
import { iommuModels, nicModels } from './scenario.js';
import type { Card, Device, DriveFault, HostBridge, Machine, Slot, Switch } from './scenario.js';
import * as parts from './schema-parts.js';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

const fault: ZodType<DriveFault> = z.strictObject({
  on: parts.oneOf(['read', 'write']),
  at: parts.size({ min: 0, multipleOf: 512 }),
});

const nvme: ZodType<Device> = z
  .strictObject({
    nvme: parts.deviceId('the id of a drive'),
    size: parts.size({ min: MiB, max: 1024 * GiB, multipleOf: MiB }),
    cmb: parts.powerOfTwoSize({ min: MiB, max: 4 * GiB, orZero: true }).default(0),
    mdts: parts.count({ min: 1, max: 15 }).optional(),
    faults: parts.list(fault).optional(),
    iops: parts.count({ min: 1, max: 1_000_000 }).optional(),
  })
  .transform(({ nvme: id, ...drive }) => ({ type: 'nvme', id, ...drive }));

const ivshmem: ZodType<Device> = z
  .strictObject({
    ivshmem: parts.deviceId('the id of an ivshmem'),
    size: parts.powerOfTwoSize({ min: MiB, max: 16 * GiB }),
  })
  .transform(({ ivshmem: id, size }) => ({ type: 'ivshmem', id, size }));

const nic: ZodType<Device> = z
  .strictObject({
    nic: parts.deviceId('the id of a nic'),
    network: parts.name('the name of a network'),
    model: parts.oneOf(nicModels).default('virtio-net-pci'),
  })
  .transform(({ nic: id, ...nic }) => ({ type: 'nic', id, ...nic }));

const devices = { nvme, ivshmem, nic };

const card: ZodType<Card> = z
  .strictObject({ card: sized(byKey('a device', devices), 2, 8, 'functions') })
  .transform(({ card: functions }) => ({ type: 'card', functions }));

const pcieSwitch: ZodType<Switch> = z
  .strictObject({
    switch: sized(
      z.lazy(() => slot),
      1,
      31,
      'ports',
    ),
  })
  .transform(({ switch: ports }) => ({ type: 'switch', ports }));

const slots = { ...devices, card, switch: pcieSwitch };
const slot: ZodType<Slot> = byKey<Slot>('a device, card or switch', slots);

const hostBridge: ZodType<HostBridge> = z
  .strictObject({ 'host-bridge': sized(slot, 1, 24, 'slots') })
  .transform(({ 'host-bridge': ports }) => ({ type: 'host-bridge', ports }));

const onRootComplex = byKey<Slot | HostBridge>('a device, card, switch or host bridge', {
  ...slots,
  'host-bridge': hostBridge,
});

const machine: ZodType<Machine> = z.strictObject({
  cpu: parts.textLike(
    "a QEMU CPU model like EPYC, since the kernel's host-bridge rule needs it",
    /^[A-Za-z0-9][\w.,+=-]*$/,
  ),
  cpus: parts.count({ min: 1, max: 64 }).default(2),
  memory: parts.size({ min: 256 * MiB, multipleOf: MiB }).default(768 * MiB),
  iommu: parts.oneOf(iommuModels).default('none'),
  pcie: sized(onRootComplex, 0, 24, 'slots').default([]),
  hotplug: parts.flag().optional(),
  append: parts.list(parts.line()).default([]),
});

export const machinesSchema: ZodType<Record<string, Machine>> = z
  .record(parts.name('a machine name'), machine, {
    error: ({ code }) => (code === 'invalid_type' ? 'a map from machine names to machines' : undefined),
  })
  .refine((machines) => Object.keys(machines).length > 0, 'at least one machine');

/** A list with a number of entries between two limits. */
function sized<T>(of: ZodType<T>, min: number, max: number, what: string): ZodType<T[]> {
  const want = `a list of ${min} to ${max} ${what}`;
  return z.array(of, want).min(min, want).max(max, want);
}
