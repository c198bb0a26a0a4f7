import { iommuOf, type Machine } from '../scenario/scenario.js';
import { deviceOptions, optionText, type DeviceOptions } from './device-options.js';
import { driveBackend } from './drive-backend.js';
import type { HostFacts } from './host-facts.js';
import type { PlacedBridge, PlacedDevice, Placement } from './place-devices.js';
import type { PlannedNic } from './place-networks.js';

/** Files in the machine's folder, which is QEMU's working directory: no path in the command line can be too long. */
export const vmFiles = {
  console: 'console.log',
  dmaTrace: 'dma.trace',
  qemuLog: 'qemu.log',
  qmpSocket: 'qmp.sock',
  hostKey: 'ssh_host_key',
  authorizedKeys: 'authorized_keys',
  disk: (id: string) => `${id}.disk`,
  bar: (id: string) => `${id}.bar`,
  executedBlocks: 'executed.blocks',
} as const;

/**
 * Trace events of hw/nvme (QEMU 7.2 hw/nvme/trace-events) from which the DMA ledger is made: a command, then each
 * address that its data is mapped to.
 */
const ledgerEvents = ['pci_nvme_read', 'pci_nvme_write', 'pci_nvme_map_addr'];

/** Of hw/pci: each read of a function's config space, by the guest. */
const configEvents = ['pci_cfg_read'];

/** What else the guest does to devices: config writes, and the drives' registers and doorbells (hw/pci, hw/nvme). */
const accessEvents = ['pci_cfg_write', 'pci_nvme_mmio_read', 'pci_nvme_mmio_write'];

/**
 * With an IOMMU those are the device's addresses. These events tell where a command begins and ends, which addresses
 * the controller takes for its own memory, and what the others were translated to, if they were (hw/i386 and hw/virtio/trace-events).
 */
const commandEvents = ['pci_nvme_io_cmd', 'pci_nvme_enqueue_req_completion', 'pci_nvme_map_addr_cmb'];
const translationEvents = {
  intel: ['vtd_dmar_translate', 'vtd_dmar_fault'],
  virtio: ['virtio_iommu_translate_out', 'virtio_iommu_report_fault'],
};

function traceArgs(machine: Machine, accesses = false): string[] {
  const iommu = iommuOf(machine);
  const events = [
    ...ledgerEvents,
    ...configEvents,
    ...(accesses ? accessEvents : []),
    ...(iommu ? [...commandEvents, ...translationEvents[iommu]] : []),
  ];
  const times = accesses ? ['-msg', 'timestamp=on'] : [];
  return [...events.flatMap((event) => ['-trace', event]), '-D', vmFiles.dmaTrace, ...times];
}

export type QemuInputs = {
  name: string;
  machine: Machine;
  placement: Placement;
  nics: ReadonlyMap<string, PlannedNic>;
  /** Namespace id of each drive: unique in the scenario, so that a trace line tells the drive. */
  nsids: ReadonlyMap<string, number>;
  accelerator: HostFacts['accelerator'];
  bzImage: string;
  rootfs: string;
  nonce: string;
  /** Whether the drives' DMA addresses are traced. */
  ledger: boolean;
  /** Whether the trace also has the guest's other accesses to devices, and a time in each line. */
  accesses?: boolean;
  /** Path of the plugin that records which code of the kernel runs, if that is wanted. */
  coveragePlugin?: string;
};

/** QEMU's arguments, without the binary; relative names are in the machine's folder. */
export function qemuArgv(inputs: QemuInputs): string[] {
  const { machine, placement } = inputs;
  return [
    ...machineArgs(machine, inputs.accelerator),
    ...bootArgs(inputs),
    ...iommuArgs(machine),
    ...managementArgs(),
    ...rootDiskArgs(inputs.rootfs),
    ...placement.bridges.flatMap(bridgeArgs),
    ...placement.devices.flatMap((placed) => deviceArgs(placed, inputs)),
    ...(inputs.ledger ? traceArgs(machine, inputs.accesses) : []),
    ...coverageArgs(inputs.coveragePlugin),
    ...['-qmp', `unix:${vmFiles.qmpSocket},server=on,wait=off`],
  ];
}

const machineArgs = ({ cpu, cpus, memory, hotplug }: Machine, accelerator: HostFacts['accelerator']) => [
  ...['-nodefaults', '-no-user-config', '-machine', 'q35'],
  // q35 would do it by ACPI; pciehp is what servers have
  ...(hotplug ? ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'] : []),
  ...['-accel', accelerator === 'tcg' ? 'tcg,thread=multi' : 'kvm'],
  ...['-cpu', cpu, '-smp', String(cpus), '-m', `${memory / 2 ** 20}M`],
  ...['-display', 'none', '-no-reboot', '-serial', `file:${vmFiles.console}`],
];

function bootArgs({ name, machine, bzImage, nonce, coveragePlugin }: QemuInputs): string[] {
  const commandLine = [
    'console=ttyS0 root=/dev/vda rootfstype=erofs ro init=/p2plab/init',
    'panic=-1 net.ifnames=0 printk.time=1 ignore_loglevel',
    // an emulated timer may be late on a loaded host, and the kernel would panic for it (arch/x86/kernel/apic/io_apic.c)
    'no_timer_check',
    `p2plab.machine=${name} p2plab.nonce=${nonce}`,
    // not every kernel is built with INTEL_IOMMU_DEFAULT_ON
    ...(machine.iommu === 'intel' ? ['intel_iommu=on'] : []),
    // vmlinux tells the lines of the addresses it was linked for
    ...(coveragePlugin === undefined ? [] : ['nokaslr']),
    ...machine.append,
  ];
  return [
    ...['-kernel', bzImage, '-append', commandLine.join(' ')],
    ...['-fw_cfg', `name=opt/p2plab/ssh_host_key,file=${vmFiles.hostKey}`],
    ...['-fw_cfg', `name=opt/p2plab/authorized_keys,file=${vmFiles.authorizedKeys}`],
  ];
}

/**
 * Before all PCI devices. Interrupts are not remapped, so that KVM's own interrupt controller need not be split; the
 * rest is what QEMU's versions have different defaults for, or would let a device cache translations itself.
 * The management NIC and the root disk are virtio devices without iommu_platform: they go past the IOMMU.
 */
function iommuArgs(machine: Machine): string[] {
  const model = {
    intel: 'intel-iommu,intremap=off,device-iotlb=off,aw-bits=48',
    virtio: 'virtio-iommu-pci,id=iommu0,bus=pcie.0,addr=0x3',
  };
  const iommu = iommuOf(machine);
  return iommu ? ['-device', model[iommu]] : [];
}

/** eth0 in the guest: lowest slot. Host port 0 lets the system choose; the vm stage asks QEMU which it was. */
const managementArgs = () => [
  ...['-netdev', 'user,id=mgmt,restrict=on,hostfwd=tcp:127.0.0.1:0-:22'],
  ...['-device', 'virtio-net-pci,id=mgmt0,netdev=mgmt,bus=pcie.0,addr=0x1,romfile='],
];

const rootDiskArgs = (rootfs: string) => [
  ...[
    '-blockdev',
    `driver=raw,node-name=rootfs,read-only=on,file.driver=file,file.filename=${comma(rootfs)}`,
  ],
  ...['-device', 'virtio-blk-pci,id=root0,drive=rootfs,bus=pcie.0,addr=0x2'],
];

const bridgeArgs = ({ model, id, bus, addr, chassis, addsRootBus }: PlacedBridge) => [
  '-device',
  [
    `${model},id=${id},bus=${bus},addr=${addr}`,
    ...(chassis === undefined ? [] : [`chassis=${chassis}`, `slot=${chassis}`]),
    ...(addsRootBus === undefined ? [] : [`bus_nr=${addsRootBus}`]),
  ].join(','),
];

function deviceArgs(placed: PlacedDevice, { machine, nics, nsids }: QemuInputs): string[] {
  const { device } = placed;
  const { id } = device;
  const subsystem = device.type === 'nvme' && machine.hotplug ? `${id}-subsys` : undefined;
  const front = ['-device', optionText(deviceOptions(placed, nics, subsystem))];
  if (device.type === 'nvme') {
    return [
      ...driveBackend(device, vmFiles.disk(id)),
      ...(subsystem === undefined ? [] : ['-device', `nvme-subsys,id=${subsystem},nqn=${id}`]),
      ...front,
      ...['-device', `nvme-ns,id=${id}-ns,bus=${id},drive=${id}-disk,nsid=${nsids.get(id)}`],
    ];
  }
  if (device.type === 'ivshmem') {
    const backend = `memory-backend-file,id=${id}-mem,size=${device.size},share=on,mem-path=${vmFiles.bar(id)}`;
    return ['-object', backend, ...front];
  }
  return ['-netdev', nics.get(id)!.netdev, ...front];
}

/** What to tell QEMU by QMP to plug a device in again: of the device, and of the memory behind an ivshmem's BAR. */
export type PlugOptions = { device: DeviceOptions; memory?: Record<string, string | number | boolean> };

/** By device id, on a machine whose devices can be plugged in and out. */
export function plugOptions({ placement, nics }: QemuInputs): Record<string, PlugOptions> {
  return Object.fromEntries(
    placement.devices.map((placed) => [placed.id, plugOptionsOf(placed, nics)] as const),
  );
}

function plugOptionsOf(placed: PlacedDevice, nics: QemuInputs['nics']): PlugOptions {
  const { device } = placed;
  const options = deviceOptions(placed, nics, device.type === 'nvme' ? `${device.id}-subsys` : undefined);
  if (device.type !== 'ivshmem') return { device: options };
  const file = { size: device.size, share: true, 'mem-path': vmFiles.bar(device.id) };
  return { device: options, memory: { 'qom-type': 'memory-backend-file', ...file } };
}

const coverageArgs = (plugin: string | undefined) =>
  plugin === undefined ? [] : ['-plugin', `file=${comma(plugin)},out=${vmFiles.executedBlocks}`];

/** QEMU's option parser takes a doubled comma for one. */
const comma = (path: string) => path.replaceAll(',', ',,');
