import type { MachineEvidence } from '../evidence/evidence.js';
import type { GuestFunction, TopologyEvidence } from '../evidence/topology.js';
import { turnsIommuOff } from '../plan/predict-acs.js';
import { iommuOf, type Machine } from '../scenario/scenario.js';
import type { Check } from './check.js';

/** The devices of a machine with an IOMMU are in IOMMU groups, and those of another are in none. */
export function iommuCheck(
  { name, planned }: MachineEvidence,
  hardware: Machine | undefined,
  { functions }: TopologyEvidence,
): Check[] {
  const iommu = iommuOf(hardware);
  if (iommu && turnsIommuOff(hardware?.append ?? [])) return [];
  const found = planned.devices.flatMap(({ id, bdf }) => {
    const there = functions.find((f) => f.bdf === bdf);
    return there ? [{ id, ...there }] : [];
  });
  const wrong = found.filter(({ iommuGroup }) => (iommuGroup === undefined) === (iommu !== undefined));
  const show = (all: typeof found) => all.map((f) => `${f.id} in ${groupText(f)}`).join(', ') || 'no device';
  const reason = `the kernel of ${name} ${iommu ? 'does not use its IOMMU' : 'has an IOMMU that was not planned'} for ${show(wrong)}`;
  return [
    {
      name: `${name}: devices are below ${iommu ? `the ${iommu} IOMMU` : 'no IOMMU'}`,
      ok: wrong.length === 0,
      want: iommu ? 'an IOMMU group for each' : 'no IOMMU group',
      got: show(found),
      blame: 'kernel',
      ...(wrong.length > 0 && { reason }),
    },
  ];
}

/** `group 7 (DMA-FQ)` */
const groupText = ({ iommuGroup, iommuType }: GuestFunction): string =>
  iommuGroup === undefined ? 'no group' : `group ${iommuGroup} (${iommuType ?? 'unknown'})`;
