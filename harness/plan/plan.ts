import { devicesOf, iommuOf, isProvider, type Scenario } from '../scenario/scenario.js';
import type { HostFacts, KernelFacts } from './host-facts.js';
import { limitsFor, type Limits } from './limits.js';
import {
  busesPerHostBridge,
  maxHostBridges,
  maxRootPorts,
  placeDevices,
  type PlacedBridge,
  type PlacedDevice,
} from './place-devices.js';
import { maxMachinesPerNetwork, networkMembers, placeNetworks, type PlannedNic } from './place-networks.js';
import { plugOptions, qemuArgv, vmFiles, type PlugOptions } from './qemu-argv.js';

/** All that a run of one variant needs, or the sentences that say why it cannot be run here. */
export type Plan = RunPlan | SkipPlan;
export type SkipPlan = { kind: 'skip'; reasons: string[] };
export type RunPlan = { kind: 'run'; machines: MachinePlan[]; limits: Limits };

export type MachinePlan = {
  name: string;
  /** QEMU binary and arguments, to be started in the machine's folder. */
  argv: string[];
  nonce: string;
  /** Sparse files to make first, in the machine's folder. */
  files: { name: string; bytes: number }[];
  /** Files of the machine's folder that are worth nothing after it: its disks and BARs. */
  scratch: string[];
  bridges: PlacedBridge[];
  devices: PlannedDevice[];
  /** How to plug each device in again, where that can be done. */
  hotplug?: Record<string, PlugOptions>;
};
export type PlannedDevice = PlacedDevice & { nsid?: number; nic?: PlannedNic; provider: boolean };

export type PlanInputs = {
  host: HostFacts;
  kernel: KernelFacts;
  /** Path of the root image. */
  rootfs: string;
  /** Random hex that the guest must show before it is believed to be this VM. */
  nonce: string;
  /** As in QemuInputs. */
  coveragePlugin?: string;
  accesses?: boolean;
};

/** Scenario and facts to QEMU command lines, files and deadlines. Pure: no clock, no files, no process. */
export function planScenario(scenario: Scenario, given: PlanInputs): Plan {
  const { host, kernel, rootfs, nonce, coveragePlugin, accesses } = given;
  const nics = placeNetworks(scenario);
  const nsids = namespaceIds(scenario);
  const machines = Object.entries(scenario.machines).map(([name, machine]): MachinePlan => {
    const placement = placeDevices(machine);
    const accelerator = host.accelerator;
    const inputs = {
      name,
      machine,
      placement,
      nics,
      nsids,
      accelerator,
      bzImage: kernel.bzImage,
      rootfs,
      nonce,
      ledger: !scenario.without.includes('ledger'),
      coveragePlugin,
      accesses,
    };
    return {
      name,
      argv: [host.qemu.binary, ...qemuArgv(inputs)],
      nonce,
      files: devicesOf(machine).flatMap((d) =>
        d.type === 'nvme' ? [{ name: vmFiles.disk(d.id), bytes: d.size }] : [],
      ),
      scratch: devicesOf(machine).flatMap(({ id, type }) =>
        type === 'nvme' ? [vmFiles.disk(id)] : type === 'ivshmem' ? [vmFiles.bar(id)] : [],
      ),
      bridges: placement.bridges,
      devices: placement.devices.map((placed) => ({
        ...placed,
        nsid: nsids.get(placed.id),
        nic: nics.get(placed.id),
        provider: isProvider(placed.device),
      })),
      ...(machine.hotplug && { hotplug: plugOptions(inputs) }),
    };
  });
  const reasons = [...unmetNeeds(scenario, machines, host, kernel), ...unbuildable(scenario, machines)];
  if (reasons.length > 0) return { kind: 'skip', reasons };
  return { kind: 'run', machines, limits: limitsFor(host.accelerator) };
}

/** One number per drive over all machines. */
function namespaceIds(scenario: Scenario): Map<string, number> {
  const drives = Object.values(scenario.machines).flatMap((m) =>
    devicesOf(m).filter((d) => d.type === 'nvme'),
  );
  return new Map(drives.map(({ id }, index) => [id, index + 1]));
}

/** Without its driver an IOMMU is left alone, and nothing is translated. */
const iommuSymbol = { intel: 'INTEL_IOMMU', virtio: 'VIRTIO_IOMMU' };

function unmetNeeds(
  scenario: Scenario,
  machines: MachinePlan[],
  host: HostFacts,
  kernel: KernelFacts,
): string[] {
  const { symbols } = kernel;
  const iommus = Object.values(scenario.machines).flatMap((machine) => iommuOf(machine) ?? []);
  const needed = new Set([...scenario.needs.kernel, ...iommus.map((iommu) => iommuSymbol[iommu])]);
  const lacking = symbols
    ? [...needed].filter((symbol) => !['y', 'm'].includes(symbols.get(symbol) ?? 'n'))
    : [];
  const models = machines.flatMap(({ argv }) =>
    argv.flatMap((arg, i) => (arg === '-device' ? [argv[i + 1]!.split(',')[0]!] : [])),
  );
  const missing = [...new Set([...scenario.needs.qemu, ...models])].filter(
    (model) => host.qemu.devices?.has(model) === false,
  );
  return [
    ...lacking.map((symbol) => `kernel ${kernel.name} is built without CONFIG_${symbol}`),
    ...missing.map((model) => `QEMU ${host.qemu.version} has no device ${model}`),
  ];
}

function unbuildable(scenario: Scenario, machines: MachinePlan[]): string[] {
  const crowded = [...networkMembers(scenario)].filter(
    ([, ends]) => new Set(ends.map((e) => e.machine)).size > maxMachinesPerNetwork,
  );
  const wide = Object.entries(scenario.machines).filter(([, m]) => m.pcie.length > maxRootPorts);
  return [
    ...crowded.map(([network]) => `network ${network} joins more than ${maxMachinesPerNetwork} machines`),
    ...wide.map(([name]) => `machine ${name} has more than ${maxRootPorts} root ports`),
    ...machines.flatMap(tooManyBuses),
  ];
}

/** With a second host bridge the first one has not all numbers for itself. */
function tooManyBuses({ name, bridges }: MachinePlan): string[] {
  const added = bridges.flatMap(({ addsRootBus }) => addsRootBus ?? []);
  if (added.length === 0) return [];
  const crowded = [0, ...added].filter(
    (root) => bridges.filter((b) => !b.addsRootBus && (b.rootBus ?? 0) === root).length >= busesPerHostBridge,
  );
  const limit = `more than ${busesPerHostBridge - 1} buses below`;
  return [
    ...(added.length > maxHostBridges
      ? [`machine ${name} has more than ${maxHostBridges} host bridges beside its own`]
      : []),
    ...crowded.map((root) => `machine ${name} has ${limit} the host bridge of bus ${root}`),
  ];
}
