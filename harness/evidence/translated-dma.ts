import { CommandsInFlight, type CommandId } from './commands-in-flight.js';
import { countBytes, type LedgerEntry } from './ledger.js';
import {
  completionLine,
  ioCommandLine,
  ownMemoryLine,
  pageOf,
  readFault,
  readTranslation,
} from './dma-trace.js';
import { PendingDma, type Destination, type Piece } from './pending-dma.js';
import { notAttributableRegion, ownCmbRegion, refusedRegion, type RegionMap } from './region-map.js';

/** A command of a drive, whose data goes to `entry`. */
export type DmaCommand = { drive: string; entry: LedgerEntry };

/** An I/O command, and its data if it moves any; a number stands for the drive: it need not be one of the plan. */
type Begun = { cid: number; drive: string; data?: DmaCommand };

/** What addresses mean at this moment. */
export type AddressView = {
  regions: RegionMap;
  /** Drives that an IOMMU lets through untranslated, by the guest's word: their addresses are physical. */
  untranslated: ReadonlySet<string>;
};

/**
 * Leads the addresses of a machine with an IOMMU to regions. QEMU's drives map all addresses of a command and then have
 * them translated page by page, at the latest when the memory for bouncing is free (dma_blk_cb in
 * softmmu/dma-helpers.c, 7.2), so an address goes where it is translated to between its own line and the command's
 * completion, or nowhere, when the IOMMU refuses it. Of what neither was seen is not attributable.
 */
export class TranslatedDma {
  readonly #pending = new PendingDma<DmaCommand>((piece, to) => this.#settle(piece, to));
  readonly #inFlight = new CommandsInFlight<Begun>();
  /** By QEMU's word, which outranks the guest's. */
  readonly #translated = new Set<string>();
  /** Of the last translation, since which nothing was mapped. */
  #lastPage = '';
  #begun: Begun | undefined;
  #extent: Piece<DmaCommand> | undefined;
  #view: AddressView | undefined;

  /** From now on. */
  view(view: AddressView): void {
    this.#view = view;
    this.#lastPage = '';
  }

  begin(command: DmaCommand, cid: number): void {
    this.#placeExtent();
    if (this.#begun?.cid === cid) this.#begun.data = command;
  }

  map(command: DmaCommand, address: number, bytes: number): void {
    this.#placeExtent();
    this.#extent = { command, address, bytes };
  }

  /**
   * A translation. When a drive's DMA meets a BAR without memory of its own, such as a CMB, QEMU moves it word by word
   * and traces a translation for each, so that many lines are alike.
   */
  translation(line: string): void {
    this.#placeExtent();
    const page = pageOf(line);
    if (page === this.#lastPage) return;
    this.#lastPage = page;
    const translation = readTranslation(line);
    if (!translation) return this.#fault(line);
    const drive = this.#view?.regions.deviceAt(translation.requester);
    if (drive === undefined) return;
    if (translation.iova !== translation.physical) this.#translated.add(drive);
    this.#pending.translated(drive, translation);
  }

  #fault(line: string): void {
    const fault = readFault(line);
    const drive = fault && this.#view?.regions.deviceAt(fault.requester);
    if (fault && drive !== undefined) this.#pending.refused(drive, fault.address);
  }

  /** Any line but translations and those of a command and its addresses. */
  line(line: string): void {
    const own = ownMemoryLine.exec(line);
    if (own) return this.#own(Number(own[1]));
    this.#placeExtent();
    const begun = ioCommandLine.exec(line);
    if (begun) this.#begin({ queue: Number(begun[3]), cid: Number(begun[1]) }, Number(begun[2]));
    const completion = completionLine.exec(line);
    if (completion) this.#end({ queue: Number(completion[2]), cid: Number(completion[1]) });
  }

  /** Nothing more is translated of what was mapped up to now. */
  settleAll(): void {
    this.#placeExtent();
    this.#pending.giveUp();
    this.#inFlight.clear();
    this.#begun = undefined;
  }

  /** Flushes and the like, too, so that their ends are not taken for another command's. */
  #begin(id: CommandId, nsid: number): void {
    this.#begun = { cid: id.cid, drive: `${nsid}` };
    const earlier = this.#inFlight.begin(id, this.#begun);
    if (earlier?.data) this.#pending.giveUp(earlier.data);
  }

  #end(id: CommandId): void {
    const ended = this.#inFlight.end(id, ({ data }) => data !== undefined && this.#pending.isWaiting(data));
    if (ended?.data) this.#pending.giveUp(ended.data);
  }

  #own(address: number): void {
    if (this.#extent?.address !== address) return this.#placeExtent();
    countBytes(this.#extent.command.entry, ownCmbRegion, this.#extent.bytes);
    this.#extent = undefined;
  }

  /** Only the line behind an address tells whether it is one for the IOMMU. */
  #placeExtent(): void {
    const extent = this.#extent;
    if (!extent) return;
    this.#extent = undefined;
    this.#lastPage = '';
    const { command, address, bytes } = extent;
    const { drive } = command;
    if (this.#view?.untranslated.has(drive) && !this.#translated.has(drive))
      this.#settle(extent, { physical: address });
    else this.#pending.add(command, address, bytes);
  }

  #settle({ command, address, bytes }: Piece<DmaCommand>, to: Destination): void {
    const { drive, entry } = command;
    if (to === 'refused') return countBytes(entry, refusedRegion, bytes);
    if (to === undefined || !this.#view) {
      countBytes(entry, notAttributableRegion, bytes);
      entry.unattributed ??= `0x${address.toString(16)}`;
      return;
    }
    for (const part of this.#view.regions.attribute(to.physical, bytes, drive))
      countBytes(entry, part.region, part.bytes);
  }
}
