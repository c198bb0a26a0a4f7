import { accessNames, type AccessName } from './dma-trace.js';
import type { Region } from './region-map.js';

export type Direction = 'read' | 'write';
/** Data bytes of one drive's NVMe commands in one direction by the region they were moved to or from. */
export type LedgerEntry = {
  drive: string;
  direction: Direction;
  commands: number;
  commandBytes: number;
  bytesByRegion: Record<Region, number>;
  /** The first address, as the drive sees it, of bytes that cannot be attributed. */
  unattributed?: string;
};
/** A stretch of the trace. Complete when every command's bytes were mapped: commandBytes is the sum of bytesByRegion. */
export type Ledger = {
  entries: LedgerEntry[];
  /** How often the guest read PCI config space; absent in the evidence of older runs. */
  configReads?: number;
  /** Other accesses to devices by the guest, when they were traced. */
  accesses?: Partial<Record<AccessName, number>>;
};

export function countBytes({ bytesByRegion }: LedgerEntry, region: Region, bytes: number): void {
  bytesByRegion[region] = (bytesByRegion[region] ?? 0) + bytes;
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

/** Two stretches as one. */
export function joinLedgers(first: Ledger | undefined, second: Ledger): Ledger {
  const joined = new Map<string, LedgerEntry>();
  for (const entry of [...(first?.entries ?? []), ...second.entries]) {
    const key = `${entry.drive} ${entry.direction}`;
    const sum = joined.get(key);
    if (!sum) {
      joined.set(key, { ...entry, bytesByRegion: { ...entry.bytesByRegion } });
      continue;
    }
    sum.commands += entry.commands;
    sum.commandBytes += entry.commandBytes;
    sum.unattributed ??= entry.unattributed;
    for (const [region, bytes] of Object.entries(entry.bytesByRegion)) countBytes(sum, region, bytes);
  }
  const configReads = (first?.configReads ?? 0) + (second.configReads ?? 0);
  return { entries: [...joined.values()], configReads, ...joinedAccesses(first, second) };
}

function joinedAccesses(first: Ledger | undefined, second: Ledger): Pick<Ledger, 'accesses'> {
  if (!first?.accesses && !second.accesses) return {};
  const sums = { ...first?.accesses };
  for (const name of accessNames) {
    const more = second.accesses?.[name];
    if (more !== undefined) sums[name] = (sums[name] ?? 0) + more;
  }
  return { accesses: sums };
}
