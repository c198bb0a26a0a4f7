import type { RunPlan } from '../plan/plan.js';
import type { Scenario } from '../scenario/scenario.js';
import { HarnessError } from '../common/errors.js';
import type { ConnectedDisk, Rig } from './rig.js';
import { kindOf } from './step-kinds.js';

/**
 * @param bdfs addresses by device id: the predicted ones for printing a plan, the real ones in a run
 */
export function makeRig(scenario: Scenario, plan: RunPlan, bdfs: ReadonlyMap<string, string>): Rig {
  const connected = connectedDisks(scenario);
  const exported = exportedDrives(scenario);
  const devices = plan.machines.flatMap((machine) => machine.devices);
  const bdf = (id: string) => bdfs.get(id) ?? devices.find((d) => d.id === id)?.bdf ?? unknown(id);
  return {
    bdf,
    address: (id) => devices.find((device) => device.id === id)?.nic ?? unknown(id),
    disk: (id) => connected.get(id) ?? { bdf: bdf(id) },
    driveOf: (id) => {
      const disk = connected.get(id);
      return disk === undefined ? id : exported.get(disk.subsystem)?.[disk.nsid - 1];
    },
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

function unknown(id: string): never {
  throw new HarnessError('harness', `no device ${id} in the plan`, {
    remedy: 'report it with the scenario file',
  });
}
