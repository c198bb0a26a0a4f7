import type { RunPlan } from '../plan/plan.js';
import type { Scenario } from '../scenario/scenario.js';
import { HarnessError } from '../common/errors.js';
import type { Rig } from './rig.js';
import { kindOf } from './step-kinds.js';

/**
 * @param bdfs addresses by device id: the predicted ones for printing a plan, the real ones in a run
 */
export function makeRig(scenario: Scenario, plan: RunPlan, bdfs: ReadonlyMap<string, string>): Rig {
  const connected = connectedDisks(scenario);
  const exported = exportedDrives(scenario);
  const devices = plan.machines.flatMap((machine) => machine.devices);
  const bdf = (id: string) => bdfs.get(id) ?? devices.find((d) => d.id === id)?.bdf ?? unknown(id);
  const here = bdfs.size === 0 ? devices : devices.filter(({ id }) => bdfs.has(id));
  return {
    devices: () => here.map(({ id, device: { type }, provider }) => ({ id, type, bdf: bdf(id), provider })),
    bdf,
    address: (id) => devices.find((device) => device.id === id)?.nic ?? unknown(id),
    disk: (id) => {
      const subsystem = connected.get(id);
      return subsystem === undefined ? { bdf: bdf(id) } : { subsystem };
    },
    driveOf: (id) => {
      const subsystem = connected.get(id);
      return subsystem === undefined ? id : exported.get(subsystem);
    },
  };
}

/** Subsystem by the id that a step gives its disk. */
function connectedDisks({ steps }: Scenario): Map<string, string> {
  return new Map(
    steps.flatMap((step) => {
      const { connects, connectsTo } = kindOf(step);
      const params = step.params as never;
      return connects && connectsTo ? [[connects(params), connectsTo(params)] as const] : [];
    }),
  );
}

/** The drive of each subsystem that exports one. */
function exportedDrives({ steps }: Scenario): Map<string, string> {
  return new Map(
    steps.flatMap((step) => {
      const { subsystem, drives } = kindOf(step).exports?.(step.params as never) ?? {};
      return subsystem !== undefined && drives?.length === 1 ? [[subsystem, drives[0]!] as const] : [];
    }),
  );
}

function unknown(id: string): never {
  throw new HarnessError('harness', `no device ${id} in the plan`, {
    remedy: 'report it with the scenario file',
  });
}
