import type { GuestFunction, TopologyEvidence } from './topology.js';

/**
 * Whether a function's DMA addresses are physical: it has no IOMMU group, so nothing translates them, or its group's
 * domain is the identity (`iommu=pt`, or an administrator's choice). A group of unknown type is taken for translated.
 */
export const isUntranslated = ({ iommuGroup, iommuType }: GuestFunction): boolean =>
  iommuGroup === undefined || iommuType === 'identity';

/** Ids of the devices whose addresses are physical, by the guest's word. */
export function untranslatedDevices(
  { functions }: TopologyEvidence,
  idByBdf: ReadonlyMap<string, string>,
): Set<string> {
  return new Set(functions.filter(isUntranslated).flatMap(({ bdf }) => idByBdf.get(bdf) ?? []));
}
