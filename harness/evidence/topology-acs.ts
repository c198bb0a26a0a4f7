import type { GuestFunction } from './topology.js';

/** Bits of the ACS registers by name, from bit 0 on (PCI_ACS_* in include/uapi/linux/pci_regs.h). */
export const acsBits = ['SV', 'TB', 'RR', 'CR', 'UF', 'EC', 'DT'] as const;
export type AcsBit = (typeof acsBits)[number];

/** PCI Express Base Specification 6.0, 7.7.11 (ACS Extended Capability) and 7.6.3 (extended capability header). */
const firstExtended = 0x100;
const acsId = 0x000d;

/** ACS registers of a function's configuration space, if it has the capability. */
export function acsOf(config: Buffer): GuestFunction['acs'] {
  const seen = new Set<number>();
  for (let at = firstExtended; at >= firstExtended && at + 8 <= config.length && !seen.has(at);) {
    seen.add(at); // a broken list may be a ring
    const header = config.readUInt32LE(at);
    if ((header & 0xffff) === acsId) {
      return {
        capability: bitsOf(config.readUInt16LE(at + 4)),
        control: bitsOf(config.readUInt16LE(at + 6)),
      };
    }
    at = (header >>> 20) & 0xffc;
  }
  return undefined;
}

const bitsOf = (register: number): AcsBit[] => acsBits.filter((_, bit) => register & (1 << bit));
