import type { RunPlan } from '../plan/plan.js';
import type { PlugOptions } from '../plan/qemu-argv.js';
import type { Scenario } from '../scenario/scenario.js';
import { HarnessError } from '../common/errors.js';
import type { QmpAction } from '../vm/perform-action.js';
import type { ConnectedDisk, Rig } from './rig.js';
import { kindOf } from './step-kinds.js';

/**
 * @param bdfs addresses by device id: the predicted ones for printing a plan, the real ones in a run
 * @param step the name of the step it is for, for what needs a name that no other step gives
 */
export function makeRig(
  scenario: Scenario,
  plan: RunPlan,
  bdfs: ReadonlyMap<string, string>,
  step = 'step',
): Rig {
  const connected = connectedDisks(scenario);
  const exported = exportedDrives(scenario);
  const devices = plan.machines.flatMap((machine) => machine.devices);
  const bdf = (id: string) => bdfs.get(id) ?? devices.find((d) => d.id === id)?.bdf ?? unknown(id);
  const here = bdfs.size === 0 ? devices : devices.filter(({ id }) => bdfs.has(id));
  return {
    devices: () => here.map(({ id, device: { type }, provider }) => ({ id, type, bdf: bdf(id), provider })),
    bdf,
    address: (id) => devices.find((device) => device.id === id)?.nic ?? unknown(id),
    disk: (id) => connected.get(id) ?? { bdf: bdf(id) },
    driveOf: (id) => {
      const disk = connected.get(id);
      return disk === undefined ? id : exported.get(disk.subsystem)?.[disk.nsid - 1];
    },
    portAbove: (id) => {
      const port = devices.find((device) => device.id === id)?.bus ?? unknown(id);
      const bridges = plan.machines.flatMap((machine) => machine.bridges);
      return { id: port, bdf: bdfs.get(port) ?? bridges.find((b) => b.id === port)?.bdf ?? unknown(port) };
    },
    plugging: (id) =>
      pluggingActions(
        plan.machines.find(({ hotplug }) => hotplug?.[id])?.hotplug?.[id] ?? unknown(id),
        `${id}-mem-${step}`,
      ),
  };
}

/** What is behind the id that a step gives a disk. */
function connectedDisks({ steps }: Scenario): Map<string, ConnectedDisk> {
  return new Map(
    steps.flatMap((step) => {
      const { connects, connectsTo } = kindOf(step);
      const params = step.params as never;
      if (!connects || !connectsTo) return [];
      const to = connectsTo(params);
      return connects(params).map((id, index) => [id, { ...to, nsid: index + 1 }] as const);
    }),
  );
}

/** The drives of each subsystem, by namespace. */
function exportedDrives({ steps }: Scenario): Map<string, string[]> {
  return new Map(
    steps.flatMap((step) => {
      const { subsystem, drives } = kindOf(step).exports?.(step.params as never) ?? {};
      return subsystem !== undefined && drives ? [[subsystem, drives] as const] : [];
    }),
  );
}

/**
 * An ivshmem gets a new object for the same file: a guest that switched the slot's power off leaves the old one in a
 * state in which QEMU would abort (ivshmem_exit() in QEMU 7.2 forgets it when the BAR is not mapped).
 */
function pluggingActions({ device, memory }: PlugOptions, memoryId: string): QmpAction[] {
  if (!memory) return [{ execute: 'device_add', arguments: device }];
  return [
    { execute: 'object-add', arguments: { ...memory, id: memoryId } },
    { execute: 'device_add', arguments: { ...device, memdev: memoryId } },
  ];
}

function unknown(id: string): never {
  throw new HarnessError('harness', `no device ${id} in the plan`, {
    remedy: 'report it with the scenario file',
  });
}
