import { pageBytes, type Translation } from './dma-trace.js';

/** Bytes of a command within one page, at an address of the drive's own, before it is known where that leads. */
export type Piece<C> = { command: C; address: number; bytes: number };

/** Tells where a piece went; undefined: nothing was seen to translate it while it could. */
export type Settle<C> = (piece: Piece<C>, to: Destination) => void;
export type Destination = { physical: number } | 'refused' | undefined;

/**
 * What drives' commands are mapped to and no translation was seen of yet. A piece goes where the first translation of
 * its drive that covers it leads. Once a later command has the same address, or the memory for waiting pieces is full,
 * a translation could be meant for another: then a piece is given up, never guessed.
 */
export class PendingDma<C extends { drive: string }> {
  readonly #drives = new Map<string, Map<number, Piece<C>[]>>();
  readonly #ofCommand = new Map<C, Set<Piece<C>>>();
  #count = 0;

  constructor(
    readonly settle: Settle<C>,
    /** In pages: 256 MiB of data in flight, 500 times what a queue of 128 commands needs of 4 KiB each. */
    readonly maxPieces = 65_536,
  ) {}

  /** @param address of `bytes` > 0 in a row as the drive sees them */
  add(command: C, address: number, bytes: number): void {
    const end = address + bytes;
    if (!Number.isSafeInteger(end)) return this.settle({ command, address, bytes }, undefined);
    for (let at = address; at < end;) {
      const room = this.maxPieces - this.#count;
      const upTo = room > 0 ? Math.min(end, at - (at % pageBytes) + pageBytes) : end;
      const piece = { command, address: at, bytes: upTo - at };
      if (room > 0) this.#addPiece(piece);
      else this.settle(piece, undefined);
      at = upTo;
    }
  }

  isWaiting(command: C): boolean {
    return this.#ofCommand.has(command);
  }

  translated(drive: string, { iova, physical, bytes }: Translation): void {
    const pages = this.#drives.get(drive);
    if (!pages) return;
    const [first, count] = [Math.floor(iova / pageBytes), Math.ceil(bytes / pageBytes)];
    const covered = (page: number) => page >= first && page < first + count;
    const found = count <= pages.size ? numbers(first, count) : [...pages.keys()].filter(covered);
    for (const page of found)
      this.#settlePage(pages.get(page), ({ address }) => ({ physical: physical + address - iova }));
  }

  /** The IOMMU lets the drive not reach the page of this address. */
  refused(drive: string, address: number): void {
    this.#settlePage(this.#drives.get(drive)?.get(Math.floor(address / pageBytes)), () => 'refused');
  }

  /** Of one command, which has ended, or of all. */
  giveUp(command?: C): void {
    const commands = command === undefined ? [...this.#ofCommand.keys()] : [command];
    for (const ended of commands) {
      for (const piece of this.#ofCommand.get(ended) ?? []) {
        this.#remove(piece);
        this.settle(piece, undefined);
      }
    }
  }

  #settlePage(pieces: readonly Piece<C>[] = [], to: (piece: Piece<C>) => Destination): void {
    for (const piece of pieces.slice()) {
      this.#remove(piece);
      this.settle(piece, to(piece));
    }
  }

  #addPiece(piece: Piece<C>): void {
    const { command, address, bytes } = piece;
    const pages = this.#drives.get(command.drive) ?? new Map<number, Piece<C>[]>();
    this.#drives.set(command.drive, pages);
    const page = Math.floor(address / pageBytes);
    for (const earlier of pages.get(page)?.slice() ?? []) {
      const apart = earlier.address + earlier.bytes <= address || address + bytes <= earlier.address;
      if (apart) continue;
      this.#remove(earlier);
      this.settle(earlier, undefined);
    }
    const waiting = pages.get(page);
    if (waiting) waiting.push(piece);
    else pages.set(page, [piece]);
    const ofCommand = this.#ofCommand.get(command);
    if (ofCommand) ofCommand.add(piece);
    else this.#ofCommand.set(command, new Set([piece]));
    this.#count += 1;
  }

  #remove(piece: Piece<C>): void {
    const { command, address } = piece;
    const pages = this.#drives.get(command.drive)!;
    const page = Math.floor(address / pageBytes);
    const others = pages.get(page)!.filter((other) => other !== piece);
    if (others.length > 0) pages.set(page, others);
    else pages.delete(page);
    const ofCommand = this.#ofCommand.get(command)!;
    ofCommand.delete(piece);
    if (ofCommand.size === 0) this.#ofCommand.delete(command);
    this.#count -= 1;
  }
}

const numbers = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);
