import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import { redirectingInGuest } from '../evidence/topology-hierarchy.js';
import type { GuestFunction, TopologyEvidence } from '../evidence/topology.js';
import { iommuCheck } from './check-iommu.js';
import { acsRedirects } from '../plan/predict-acs.js';
import { cpuOfModel, cpuText, type CpuIdentity } from '../plan/predict-cpu.js';
import type { Machine } from '../scenario/scenario.js';
import type { ActualDevice, BarWindow } from '../vm/pci-map.js';
import type { Check } from './check.js';

/**
 * What was planned, what QEMU made of it, and what the guest's kernel found are the same. Where QEMU differs from the
 * plan the prediction of the plan was wrong; where the guest differs from QEMU the kernel is.
 */
export function checkTopology({ scenario, machines }: Evidence): Check[] {
  return machines.flatMap((machine) => {
    const { name, actual, topology } = machine;
    if (!actual) return [];
    const planned = plannedPlaces(machine, actual.devices);
    if (!topology) return [planned];
    const hardware = scenario.machines[name];
    return [
      planned,
      sameFunctions(name, actual.devices, topology),
      sameBars(name, actual.devices, topology),
      sameTree(machine, topology),
      ...cmbChecks(machine, topology),
      ...iommuCheck(machine, hardware, topology),
      ...acsCheck(machine, hardware, topology),
      ...cpuCheck(name, hardware, topology),
    ];
  });
}

/** A check over many things: `wrong` has a phrase for each that is not right. */
function allRight(
  name: string,
  blame: Check['blame'],
  want: string,
  { wrong, reason }: { wrong: string[]; reason: string },
): Check {
  const show = wrong.join('; ');
  const ok = wrong.length === 0;
  return { name, ok, want, got: show || want, blame, reason: ok ? undefined : `${reason}: ${show}` };
}

function plannedPlaces({ name, planned }: MachineEvidence, devices: readonly ActualDevice[]): Check {
  const bdfs = new Map(devices.map(({ id, bdf }) => [id, bdf]));
  const places = [...planned.bridges, ...planned.devices];
  const wrong = places
    .filter(({ id, bdf }) => bdfs.get(id) !== bdf)
    .map(({ id, bdf }) => `${id} at ${bdfs.get(id) ?? 'no address'}, not ${bdf}`);
  const reason = `the topology of ${name} is not the planned one`;
  const check = `${name}: devices are where the plan put them`;
  return allRight(check, 'harness', `${places.length} devices as planned`, { wrong, reason });
}

const idText = ({ vendor, product }: { vendor: number; product: number }) =>
  [vendor, product].map((n) => n.toString(16).padStart(4, '0')).join(':');

function sameFunctions(
  name: string,
  devices: readonly ActualDevice[],
  { functions }: TopologyEvidence,
): Check {
  const wrong = devices.flatMap((device) => {
    const found = functions.find(({ bdf }) => bdf === device.bdf);
    if (!found) return [`nothing at ${device.bdf}, where QEMU has ${device.id} (${idText(device)})`];
    if (idText(found) === idText(device)) return [];
    return [`${device.bdf} is ${idText(found)}, QEMU's ${device.id} is ${idText(device)}`];
  });
  const reason = `the kernel of ${name} does not find QEMU's devices`;
  const check = `${name}: the guest has every device of QEMU`;
  return allRight(check, 'kernel', `${devices.length} devices`, { wrong, reason });
}

const hex = (n: number) => `0x${n.toString(16)}`;
const windowText = (window: BarWindow | undefined) =>
  window ? `${hex(window.start)}-${hex(window.end - 1)}` : 'nowhere';

function sameBars(name: string, devices: readonly ActualDevice[], { functions }: TopologyEvidence): Check {
  const wrong = devices.flatMap((device) => {
    const found = functions.find(({ bdf }) => bdf === device.bdf);
    return found ? differentBars(device, found) : [];
  });
  const count = devices.flatMap(({ bars }) => bars).length;
  const reason = `the kernel of ${name} sees BARs elsewhere than QEMU has them`;
  const check = `${name}: BARs are where QEMU maps them`;
  return allRight(check, 'kernel', `${count} BARs`, { wrong, reason });
}

/** A BAR that is not mapped in QEMU is right as long as no driver has enabled the device. */
function differentBars({ id, bars }: ActualDevice, { bars: found, driver }: GuestFunction): string[] {
  const numbers = [...new Set([...bars, ...found].map(({ bar }) => bar))].sort();
  return numbers.flatMap((bar) => {
    const [inQemu, inGuest] = [bars, found].map((windows) => windows.find((w) => w.bar === bar));
    if (windowText(inQemu) === windowText(inGuest) || (!inQemu && !driver)) return [];
    return [`BAR ${bar} of ${id} at ${windowText(inGuest)}, in QEMU at ${windowText(inQemu)}`];
  });
}

function sameTree({ name, planned, actual }: MachineEvidence, { functions }: TopologyEvidence): Check {
  const bdfs = new Map(actual?.devices.map(({ id, bdf }) => [id, bdf]));
  const wrong = [...planned.bridges, ...planned.devices].flatMap(({ id, behind, rootBus = 0 }) => {
    const found = functions.find(({ bdf }) => bdf === bdfs.get(id));
    const parent = behind.at(-1);
    const want = parent === undefined ? undefined : bdfs.get(parent);
    if (found && (found.rootBus ?? 0) !== rootBus)
      return [`${id} below root bus ${hex(found.rootBus ?? 0)}, not ${hex(rootBus)}`];
    if (!found || found.parent === want) return [];
    return [
      `${id} below ${found.parent ?? 'the root'}, not ${parent ?? 'the root'}${want ? ` (${want})` : ''}`,
    ];
  });
  const reason = `the kernel of ${name} sees another tree of bridges`;
  const check = `${name}: the tree of bridges is the planned one`;
  return allRight(check, 'kernel', 'every device below its bridge', { wrong, reason });
}

const sizeText = (bytes: number | undefined) => (bytes === undefined ? 'none' : `${bytes} B`);

/** memremap_compat_align() on x86: nvme_map_cmb() of 6.12.117 leaves a CMB alone that is not whole blocks. */
const cmbBlockBytes = 2 * 2 ** 20;

/** CMBSZ is QEMU's; a driver that does not show it has not seen the buffer. */
function cmbChecks({ name, planned }: MachineEvidence, { functions }: TopologyEvidence): Check[] {
  return planned.devices.flatMap(({ device, bdf }) => {
    const found = functions.find((f) => f.bdf === bdf);
    if (device.type !== 'nvme' || found?.driver !== 'nvme') return [];
    if (device.cmb % cmbBlockBytes !== 0 && !found.cmb) return [];
    const [want, got] = [sizeText(device.cmb || undefined), sizeText(found.cmb?.size)];
    return [
      {
        name: `${name}: the CMB of ${device.id} has the size that was asked for`,
        ...{ ok: got === want, want, got, blame: device.cmb > 0 && !found.cmb ? 'kernel' : 'harness' },
        ...(got !== want && { reason: `cmbsz of ${device.id} says ${got}, asked for was ${want}` }),
      },
    ];
  });
}

function acsCheck(
  { name, planned }: MachineEvidence,
  hardware: Machine | undefined,
  topology: TopologyEvidence,
): Check[] {
  const predicted = acsRedirects({
    bridges: planned.bridges,
    append: hardware?.append ?? [],
    iommu: hardware?.iommu,
  });
  if (!predicted) return [];
  const [want, got] = [predicted, redirectingInGuest(planned, topology)].map(
    (ids) => [...ids].sort().join(', ') || 'none',
  );
  const reason = `ACS redirection in ${name} is on in: ${got}; predicted: ${want}`;
  return [
    {
      name: `${name}: ACS redirects where it was asked to`,
      ...{ ok: want === got, want: want!, got: got!, blame: 'kernel' },
      ...(want !== got && { reason }),
    },
  ];
}

const mayCrossHostBridge = ({ vendor, family }: CpuIdentity) => vendor === 'AuthenticAMD' && family >= 0x17;

/** Another CPU matters only if the kernel's rule for the host bridge comes out differently. */
function cpuCheck(name: string, hardware: Machine | undefined, { cpu: got }: TopologyEvidence): Check[] {
  const want = cpuOfModel(hardware?.cpu ?? '');
  if (!want || !got) return [];
  const ok = mayCrossHostBridge(want) === mayCrossHostBridge(got);
  const reason = `the CPU of ${name} is ${cpuText(got)}, ${hardware?.cpu} is ${cpuText(want)}: peer-to-peer through the host bridge depends on it (under KVM the vendor is the host's)`;
  return [
    {
      name: `${name}: the CPU is one of the named model's family`,
      ...{ ok, want: cpuText(want), got: cpuText(got), blame: 'host' },
      ...(!ok && { reason }),
    },
  ];
}
