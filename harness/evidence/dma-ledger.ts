import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { RegionMap } from './region-map.js';

export type Direction = 'read' | 'write';
/** Data bytes of one drive's NVMe commands in one direction by the region they were moved to or from. */
export type LedgerEntry = {
  drive: string;
  direction: Direction;
  commands: number;
  commandBytes: number;
  bytesByRegion: Record<string, number>;
};
/** A stretch of the trace. Complete when every command's bytes were mapped: commandBytes is the sum of bytesByRegion. */
export type Ledger = { entries: LedgerEntry[] };

/** The command whose addresses the following lines tell; done when its bytes are all mapped. */
type Current = { entry: LedgerEntry; bytesLeft: number };

// QEMU 7.2, hw/nvme/trace-events; hw/nvme/ctrl.c prints the command, then its addresses, from one thread
const commandLine = /^pci_nvme_(read|write) cid \d+ (?:opname '[^']*' )?nsid (\d+) nlb \d+ count (\d+) lba/;
const addressLine = /^pci_nvme_map_addr addr (0x[0-9a-f]+) len (\d+)/;

/**
 * Reads a machine's DMA trace as it grows. Each call of readOn() takes what was written since the last, in bounded
 * memory, so that a step's bytes are its own when it is called between steps.
 */
export class DmaLedgerReader {
  #offset = 0;
  #rest = '';
  #current: Current | undefined;
  #entries = new Map<string, LedgerEntry>();

  /** @param drives id of the drive by namespace id; the plan makes namespace ids unique for this */
  constructor(
    readonly file: string,
    readonly drives: ReadonlyMap<number, string>,
  ) {}

  async readOn(regions: RegionMap): Promise<Ledger> {
    const end = await stat(this.file).then(
      ({ size }) => size,
      () => 0,
    );
    if (end > this.#offset) {
      const stream = createReadStream(this.file, { encoding: 'latin1', start: this.#offset, end: end - 1 });
      for await (const chunk of stream) this.#take(chunk as string, regions);
      this.#offset = end;
    }
    const entries = [...this.#entries.values()];
    this.#entries = new Map();
    this.#current = undefined;
    return { entries };
  }

  #take(chunk: string, regions: RegionMap): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line, regions);
  }

  #line(line: string, regions: RegionMap): void {
    const address = addressLine.exec(line);
    if (address) return this.#map(Number(address[1]), Number(address[2]), regions);
    const command = commandLine.exec(line);
    if (command) this.#command(command[1] as Direction, Number(command[2]), Number(command[3]));
  }

  #command(direction: Direction, nsid: number, bytes: number): void {
    const drive = this.drives.get(nsid) ?? `nsid-${nsid}`;
    const key = `${drive} ${direction}`;
    const entry = this.#entries.get(key) ?? {
      drive,
      direction,
      commands: 0,
      commandBytes: 0,
      bytesByRegion: {},
    };
    this.#entries.set(key, entry);
    entry.commands += 1;
    entry.commandBytes += bytes;
    this.#current = { entry, bytesLeft: bytes };
  }

  /** Addresses beyond the command's own bytes are of another kind of command (identify, log pages): not data. */
  #map(address: number, bytes: number, regions: RegionMap): void {
    const current = this.#current;
    if (!current || current.bytesLeft <= 0) return;
    current.bytesLeft -= bytes;
    for (const part of regions.attribute(address, bytes, current.entry.drive)) {
      const { bytesByRegion } = current.entry;
      bytesByRegion[part.region] = (bytesByRegion[part.region] ?? 0) + part.bytes;
    }
  }
}

/** Sums over entries, of one drive or of all, in one direction or both. */
export function sumByRegion(
  ledgers: readonly Ledger[],
  of: { drive?: string; direction?: Direction } = {},
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { drive, direction, bytesByRegion } of ledgers.flatMap((l) => l.entries)) {
    if ((of.drive ?? drive) !== drive || (of.direction ?? direction) !== direction) continue;
    for (const [region, bytes] of Object.entries(bytesByRegion)) sums[region] = (sums[region] ?? 0) + bytes;
  }
  return sums;
}
