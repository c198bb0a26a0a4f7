import { requesterId } from './dma-trace.js';
import type { ActualDevice, PciMap, Window } from '../vm/pci-map.js';

/** What a bus address belongs to: a device's BAR by id, the issuing drive's own BAR, RAM, or nothing known. */
export type Region = string;
export const ramRegion: Region = 'ram';
export const ownCmbRegion: Region = 'own-cmb';
export const unknownRegion: Region = 'unknown';
/** Nowhere: the IOMMU refused it. */
export const refusedRegion: Region = 'iommu-fault';
/** Behind an IOMMU, and no translation of the address was seen. */
export const notAttributableRegion: Region = 'not-attributable';

type Named = Window & { region: Region };

/** Finds the regions of an address range; made anew whenever BARs may have moved. */
export class RegionMap {
  readonly #windows: Named[];
  readonly #requesters: ReadonlyMap<number, string>;

  constructor({ devices, ram }: PciMap) {
    const bars = devices.flatMap(({ id, bars }: ActualDevice) => bars.map((bar) => ({ ...bar, region: id })));
    this.#windows = [...bars, ...ram.map((window) => ({ ...window, region: ramRegion }))].sort(
      (a, b) => a.start - b.start,
    );
    this.#requesters = new Map(devices.map(({ id, bdf }) => [requesterOf(bdf), id]));
  }

  /** Id of the device that does DMA with this PCI requester id. */
  deviceAt(requester: number): string | undefined {
    return this.#requesters.get(requester);
  }

  /** Splits `bytes` from `address` by region, as seen from the drive that does the DMA. */
  attribute(address: number, bytes: number, drive: string | undefined): { region: Region; bytes: number }[] {
    const parts: { region: Region; bytes: number }[] = [];
    for (let at = address; at < address + bytes;) {
      const { region, end } = this.#at(at);
      const upTo = Math.min(end, address + bytes);
      parts.push({ region: region === drive ? ownCmbRegion : region, bytes: upTo - at });
      at = upTo;
    }
    return parts;
  }

  #at(address: number): { region: Region; end: number } {
    const inside = this.#windows.find(({ start, end }) => start <= address && address < end);
    if (inside) return inside;
    const next = this.#windows.find(({ start }) => start > address);
    return { region: unknownRegion, end: next?.start ?? Infinity };
  }
}

function requesterOf(bdf: string): number {
  const [bus = NaN, slot = NaN, fn = NaN] = bdf
    .split(/[:.]/)
    .slice(1)
    .map((hex) => parseInt(hex, 16));
  return requesterId({ bus, slot, fn });
}
