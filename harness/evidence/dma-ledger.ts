import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  accessOf,
  addressLine,
  commandLine,
  isConfigRead,
  isTranslation,
  unstamped,
  type AccessName,
} from './dma-trace.js';
import { countBytes, type Direction, type Ledger, type LedgerEntry } from './ledger.js';
import type { RegionMap } from './region-map.js';
import { TranslatedDma, type DmaCommand } from './translated-dma.js';

/** The command whose addresses the following lines tell; done when its bytes are all mapped. */
type Current = DmaCommand & { bytesLeft: number };

/** While I/O goes on in the background QEMU may be in the middle of a command: its next lines are due at once. */
const lookMs = 10;
const maxLooks = 20;

const nobody: ReadonlySet<string> = new Set();

/**
 * Reads a machine's DMA trace as it grows. Each call of readOn() takes what was written since the last, in bounded
 * memory, so that a step's bytes are its own when it is called between steps.
 */
export class DmaLedgerReader {
  #offset = 0;
  #rest = '';
  #current: Current | undefined;
  #entries = new Map<string, LedgerEntry>();
  #configReads = 0;
  #accesses: Partial<Record<AccessName, number>> = {};
  #firstLineMs: number | undefined;
  #firstCommandMs: number | undefined;
  readonly #translated: TranslatedDma | undefined;
  readonly #chunkBytes: number;

  /**
   * @param drives id of the drive by namespace id; the plan makes namespace ids unique for this
   * @param iommu whether the machine has one: then addresses are read as what they were translated to
   */
  constructor(
    readonly file: string,
    readonly drives: ReadonlyMap<number, string>,
    { iommu = false, chunkBytes = 64 * 1024 } = {},
  ) {
    this.#translated = iommu ? new TranslatedDma() : undefined;
    this.#chunkBytes = chunkBytes;
  }

  /** @param untranslated drives whose addresses are physical although the machine has an IOMMU */
  async readOn(regions: RegionMap, untranslated = nobody): Promise<Ledger> {
    this.#translated?.view({ regions, untranslated });
    await this.#readOn(regions);
    for (let n = 0; n < maxLooks && (this.#current?.bytesLeft ?? 0) > 0; n++) {
      await new Promise((done) => setTimeout(done, lookMs));
      await this.#readOn(regions);
    }
    this.#translated?.settleAll();
    const accesses = Object.keys(this.#accesses).length > 0 ? { accesses: this.#accesses } : {};
    const ledger = { entries: [...this.#entries.values()], configReads: this.#configReads, ...accesses };
    this.#entries = new Map();
    this.#configReads = 0;
    this.#accesses = {};
    this.#current = undefined;
    return ledger;
  }

  /**
   * From the first line of the trace, which is of the firmware, to the first command with data, in ms; undefined when
   * the trace has no times.
   */
  get firstIoMs(): number | undefined {
    if (this.#firstLineMs === undefined || this.#firstCommandMs === undefined) return undefined;
    return Math.round((this.#firstCommandMs - this.#firstLineMs) * 10) / 10;
  }

  async #readOn(regions: RegionMap): Promise<void> {
    const end = await stat(this.file).then(
      ({ size }) => size,
      () => 0,
    );
    if (end <= this.#offset) return;
    const stretch = { start: this.#offset, end: end - 1, highWaterMark: this.#chunkBytes };
    const stream = createReadStream(this.file, { encoding: 'latin1', ...stretch });
    for await (const chunk of stream) this.#take(chunk as string, regions);
    this.#offset = end;
  }

  #take(chunk: string, regions: RegionMap): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#stampedLine(line, regions);
  }

  #stampedLine(stamped: string, regions: RegionMap): void {
    const { line, atMs } = unstamped(stamped);
    if (atMs !== undefined) {
      this.#firstLineMs ??= atMs;
      if (this.#firstCommandMs === undefined && commandLine.test(line)) this.#firstCommandMs = atMs;
      const access = accessOf(line);
      if (access) return void (this.#accesses[access] = (this.#accesses[access] ?? 0) + 1);
    }
    this.#line(line, regions);
  }

  #line(line: string, regions: RegionMap): void {
    if (this.#translated && isTranslation(line)) return this.#translated.translation(line);
    if (isConfigRead(line)) return void (this.#configReads += 1);
    const address = addressLine.exec(line);
    if (address) return this.#map(Number(address[1]), Number(address[2]), regions);
    const command = commandLine.exec(line);
    if (!command) return this.#translated?.line(line);
    const [, direction, cid, nsid, bytes] = command;
    this.#command(direction as Direction, Number(nsid), Number(bytes));
    this.#translated?.begin(this.#current!, Number(cid));
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
    this.#current = { drive, entry, bytesLeft: bytes };
  }

  /** Addresses beyond the command's own bytes are of another kind of command (identify, log pages): not data. */
  #map(address: number, bytes: number, regions: RegionMap): void {
    const current = this.#current;
    if (!current || current.bytesLeft <= 0) return;
    current.bytesLeft -= bytes;
    if (this.#translated) return this.#translated.map(current, address, bytes);
    for (const part of regions.attribute(address, bytes, current.drive))
      countBytes(current.entry, part.region, part.bytes);
  }
}
