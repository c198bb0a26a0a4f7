import { reserved } from './check-names.js';
import type { Draft, DraftStep, PlacedDevice } from './draft.js';
import { wantText, type Complain, type Path } from './problems.js';
import { isProvider, type Device } from './scenario.js';
import { inWords } from './schema-parts.js';
import type { Reference } from './step-syntax.js';

type Disk = { id: string; machine: string };
type Want = Reference['want'][number];

export const wantWords: Record<Want, string> = {
  nvme: 'an nvme drive',
  ivshmem: 'an ivshmem',
  nic: 'a nic',
  provider: 'a provider',
  connected: 'a disk that an earlier step connects',
};

/** Every id in a step's params is one of what it must be, on the step's machine, and there by then. */
export function checkReferences({ devices, steps }: Draft, complain: Complain): void {
  if (!devices) return;
  const connected: Disk[] = [];
  let allRead = true; // what could not be read may have connected the disk
  for (const step of steps) {
    allRead &&= step.read !== undefined;
    if (!step.read) continue;
    const { syntax, step: read } = step.read;
    for (const reference of syntax.references?.(read.params as never) ?? []) {
      if (!allRead && reference.want.includes('connected')) continue;
      checkReference(reference, step, { devices, connected, later: disksOf(steps) }, complain);
    }
    connected.push(...disksOf([step]));
  }
}

/** What a device is, for an id that should have been another's. */
export function describeDevice({ device, machine }: PlacedDevice, elsewhere: boolean): string {
  const cmb = device.type === 'nvme' ? ` ${device.cmb > 0 ? 'with' : 'without'} a CMB` : '';
  return `which is ${wantWords[device.type]}${cmb}${elsewhere ? ` of machine ${machine}` : ''}`;
}

/** Ids to choose from, without those that are wrong themselves. */
export function idsInWords(ids: readonly string[]): string {
  return inWords([...new Set(ids)].filter((id) => !reserved.includes(id))) || 'there is none';
}

export const fits = (device: Device, want: Want): boolean =>
  want === 'provider' ? isProvider(device) : device.type === want;

function checkReference(
  { path, id, want, anywhere = false }: Reference,
  { path: stepPath, read }: DraftStep,
  known: { devices: PlacedDevice[]; connected: Disk[]; later: Disk[] },
  complain: Complain,
): void {
  const { machine, kind } = read!.step;
  const near = (place: { machine: string }) => anywhere || place.machine === machine;
  const ids = [
    ...known.devices.filter((d) => near(d) && want.some((w) => fits(d.device, w))).map((d) => d.device.id),
    ...(want.includes('connected') ? known.connected.filter(near).map((disk) => disk.id) : []),
  ];
  if (ids.includes(id)) return;
  const there = known.devices.find(({ device }) => device.id === id);
  const later = want.includes('connected') && known.later.find((disk) => disk.id === id);
  const why = there
    ? `, ${describeDevice(there, !near(there))}`
    : later
      ? `, which ${near(later) ? 'only a later step' : `a step of machine ${later.machine}`} connects`
      : '';
  const wanted = `${inWords(want.map((w) => wantWords[w]))} (${idsInWords(ids)})`;
  const place: Path = [...stepPath, kind, ...path];
  complain(place, wantText(place, wanted, id) + why);
}

function disksOf(steps: readonly DraftStep[]): Disk[] {
  return steps.flatMap(({ read }) => {
    const ids = read?.syntax.connects?.(read.step.params as never) ?? [];
    return ids.map((id) => ({ id, machine: read!.step.machine }));
  });
}
