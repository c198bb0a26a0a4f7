/**
 * The types of a scenario after its variables are filled in: what every later stage works with.
 * Sizes are bytes, as read by parseSize; ids are unique in a scenario.
 */

/** Kinds of evidence that cost time and can be left out, by the scenario or for a whole run. */
export const optionalEvidence = ['ledger', 'sampling', 'bars'] as const;
export type OptionalEvidence = (typeof optionalEvidence)[number];

/** One variant of a scenario file: the file with one choice per matrix key and every parameter put in. */
export type Scenario = {
  /** As given on the command line or found in scenarios/; for messages. */
  file: string;
  name: string;
  title: string;
  tags: string[];
  /** The matrix cell, in the order of the matrix: `{provider: 'shm0'}`. Empty without a matrix. */
  variant: Record<string, string>;
  /** The kernel it is for; without it the run's. */
  kernel?: string;
  needs: Needs;
  machines: Record<string, Machine>;
  /** Evidence that is not collected. */
  without: OptionalEvidence[];
  /** Always a boot of its own: no other variant runs on it, before or after. */
  boot?: 'fresh';
  /** Providers whose driver is unbound and bound again when all is over; absent in the evidence of older runs. */
  rebind?: string[];
  steps: Step[];
  expect: Expectation[];
  /** Properties in which the kernels of a run are compared; absent in the evidence of older runs. */
  compare?: Comparison[];
  /** What the kernel log may tell of; absent in the evidence of older runs. */
  allow?: LogMatch[];
};

/** What must be there for the scenario to mean anything; what is missing makes it a skip with that sentence. */
export type Needs = {
  /** Config symbols without CONFIG_ that the kernel must have as y or m. */
  kernel: string[];
  /** QEMU device models. Those of the machines' own devices need not be listed. */
  qemu: string[];
};

/** What translates the addresses of the PCI devices' DMA, if anything does: QEMU's intel-iommu or virtio-iommu-pci. */
export const iommuModels = ['none', 'intel', 'virtio'] as const;
export type IommuModel = (typeof iommuModels)[number];

export type Machine = {
  /** QEMU CPU model. It decides the kernel's host-bridge rule, so it is always named. */
  cpu: string;
  cpus: number;
  memory: number;
  /** Absent in the evidence of older runs: none. */
  iommu?: IommuModel;
  /** What hangs on the root complex, in order; each entry but a host bridge is behind a root port of its own. */
  pcie: (Slot | HostBridge)[];
  /** Whether devices can be plugged in and out while it runs (PCIe hotplug). */
  hotplug?: boolean;
  /** More words for the kernel command line. */
  append: string[];
};

/** The machine's IOMMU, when it has one. */
export const iommuOf = (machine: Pick<Machine, 'iommu'> | undefined): 'intel' | 'virtio' | undefined =>
  machine?.iommu === 'none' ? undefined : machine?.iommu;

export type Slot = Device | Card | Switch;
/** One device with several functions: function 0 is the first. */
export type Card = { type: 'card'; functions: Device[] };
/** A port may have another switch below it. */
export type Switch = { type: 'switch'; ports: Slot[] };
/** One more beside the machine's own, with a root bus of its own; each of `ports` is a root port there. */
export type HostBridge = { type: 'host-bridge'; ports: Slot[] };

export type Device = NvmeDrive | Ivshmem | Nic;
/** An NVMe controller with one namespace of `size`; `cmb` is its controller memory buffer, 0 for none. */
export type NvmeDrive = {
  type: 'nvme';
  id: string;
  size: number;
  cmb: number;
  /** Its maximum data transfer size: 2^mdts pages of 4 KiB (NVMe Base 2.0, Identify Controller); QEMU's own is 7. */
  mdts?: number;
  /** Places of the medium that cannot be read or written. */
  faults?: DriveFault[];
  /** A slow drive: so many commands in a second. */
  iops?: number;
};
/** `at`: byte of the disk; each command of that kind that touches it fails, and never does anything else. */
export type DriveFault = { on: 'read' | 'write'; at: number };
/** Shared memory of the host in BAR 2. */
export type Ivshmem = { type: 'ivshmem'; id: string; size: number };
/** As QEMU names them. On a network of ours only e1000e sends data from the pages where they are. */
export const nicModels = ['virtio-net-pci', 'e1000e'] as const;
/** A network card on a network of the scenario; machines on the same network reach each other. */
export type Nic = { type: 'nic'; id: string; network: string; model: (typeof nicModels)[number] };

/** Devices that can lend their memory to others: a drive with a CMB, an ivshmem. */
export const isProvider = (device: Device): boolean =>
  device.type === 'ivshmem' || (device.type === 'nvme' && device.cmb > 0);

export type Step = {
  /** Unique; given by `name:` or made from the kind (`fio`, `fio-2`). */
  name: string;
  kind: string;
  /** The machine it runs on: `on:`, or the only machine. */
  machine: string;
  /** Already checked by the kind's own schema, in its own type. */
  params: unknown;
};

/** What must be true of the evidence, beside what always must (clean log, steps succeed, accounting closes). */
export type Expectation = DataExpectation | ValueExpectation | RatioExpectation | LogExpectation;

/** Where the data of some steps went: at least `atLeast` of the drive's data bytes (0..1) in one region. */
export type DataExpectation = {
  type: 'data';
  steps: string[];
  /** The drive whose NVMe commands are meant. */
  drive: string;
  /** Id of the device in whose BAR the data must be, or `none`: no peer's memory, all in the guest's RAM. */
  through: string;
  atLeast: number;
  /** How many NVMe commands with data the drive gets in each of the steps; any number without it. */
  commands?: number;
  /** How often the guest reads PCI config space in each of the steps; any number without it. */
  configReads?: number;
};

/** A sample that a step recorded, by `step.sample`, compared with a value. */
export type ValueExpectation = { type: 'value'; of: string; is: string | number };

/** Two samples of one run, by `step.sample`: the first is at least this part of the second (0..1). */
export type RatioExpectation = { type: 'ratio'; of: string; to: string; atLeast: number };

/** A property of the kernel under test, and the `step.sample` that tells it, or `outcome`. */
export type Comparison = { property: string; of: string };

/** Trouble that the kernel log must tell of. A panic that is meant ends the run as it should. */
export type LogExpectation = { type: 'log' } & LogMatch;

export type LogMatch = {
  /** A name of logPatternNames. */
  pattern: string;
  /** Anywhere without it, also between steps and while booting. */
  step?: string;
  /** A machine; on any without it. */
  on?: string;
  /** A regular expression, found in the finding's line or its title. */
  matching?: string;
};

/** Slots flattened to devices, in order. */
export const devicesOf = ({ pcie }: Pick<Machine, 'pcie'>): Device[] => pcie.flatMap(devicesIn);

function devicesIn(slot: Slot | HostBridge): Device[] {
  if (slot.type === 'switch' || slot.type === 'host-bridge') return slot.ports.flatMap(devicesIn);
  return slot.type === 'card' ? slot.functions : [slot];
}

/** `nvmeof-rdma-p2p [provider=shm0]`: a row's name in every report. */
export function scenarioTitle(name: string, variant: Record<string, string>): string {
  const cell = Object.entries(variant).map(([key, value]) => `${key}=${value}`);
  return cell.length === 0 ? name : `${name} [${cell.join(' ')}]`;
}
