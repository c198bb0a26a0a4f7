import { acsRedirects } from '../plan/predict-acs.js';
import { cpuOfModel } from '../plan/predict-cpu.js';
import { predictPaths, type PathPrediction } from '../plan/predict.js';
import type { MachinePlan } from '../plan/plan.js';
import type { Machine } from '../scenario/scenario.js';
import type { TopologyEvidence } from './topology.js';

type Planned = Pick<MachinePlan, 'bridges' | 'devices'>;

/** ReqRedir, CmpltRedir, EgressCtrl: what the kernel takes for redirection (pci_bridge_has_acs_redir). */
const redirection: readonly string[] = ['RR', 'CR', 'EC'];

/** Ids of the bridges that redirect in the guest. */
export function redirectingInGuest({ bridges }: Planned, { functions }: TopologyEvidence): Set<string> {
  const redirecting = functions.filter(({ acs }) => acs?.control.some((bit) => redirection.includes(bit)));
  const bdfs = new Set(redirecting.map(({ bdf }) => bdf));
  return new Set(bridges.filter(({ bdf }) => bdfs.has(bdf)).map(({ id }) => id));
}

/**
 * The paths as planned, on the CPU that the guest has: KVM decides over its vendor, and the kernel's rule is to be
 * judged by what the kernel was given. What cannot be told from the plan is taken from the guest too.
 */
export function predictForGuest(
  planned: Planned,
  machine: Pick<Machine, 'cpu' | 'append' | 'iommu'> | undefined,
  topology: TopologyEvidence,
): PathPrediction[] {
  const fromPlan = acsRedirects({
    bridges: planned.bridges,
    append: machine?.append ?? [],
    iommu: machine?.iommu,
  });
  return predictPaths({
    ...planned,
    cpu: topology.cpu ?? cpuOfModel(machine?.cpu ?? ''),
    acsRedirects: fromPlan ?? redirectingInGuest(planned, topology),
  });
}
