import { sourceName } from '../coverage/inline-chains.js';
import type { CountedBlock } from '../evidence/executed-blocks.js';
import type { KernelCode } from './kernel-code.js';

/** Instructions that ran of one function of the source, whatever parts and clones the compiler made of it. */
export type FoldedFunction = {
  name: string;
  /** From the top of the kernel's source; '' when the line table does not know it. */
  file: string;
  instructions: number;
  /** Of those, by symbol: `f`, `f.cold`, `f.part.0`. */
  parts: Map<string, number>;
  /** Of those, what was inlined from a function, with all that it inlines. */
  inlined: Map<string, number>;
  /** How often it, or a part of it, was entered. */
  calls: number;
};

/** What is not in vmlinux. */
export const moduleName = '[module]';

/** A block's instructions of one symbol, and how many of them are whose. */
type Piece = {
  key: string;
  name: string;
  file: string;
  symbol: string;
  /** Whether it is the beginning of that symbol. */
  entry: boolean;
  instructions: number;
  inlined: Map<string, number>;
};

/** Folds blocks to functions; what a block is made of is worked out once. */
export class BlockFolding {
  readonly #pieces = new Map<number, Piece[]>();

  constructor(readonly code: KernelCode) {}

  /** By a key in which two static functions of one name in different files are two. */
  fold(blocks: readonly CountedBlock[]): Map<string, FoldedFunction> {
    const functions = new Map<string, FoldedFunction>();
    for (const block of blocks) {
      for (const { key, name, file, symbol, entry, instructions, inlined } of this.#piecesOf(block)) {
        let folded = functions.get(key);
        if (!folded)
          functions.set(
            key,
            (folded = { name, file, instructions: 0, calls: 0, parts: new Map(), inlined: new Map() }),
          );
        folded.instructions += block.runs * instructions;
        if (entry) folded.calls += block.runs;
        add(folded.parts, symbol, block.runs * instructions);
        for (const [from, some] of inlined) add(folded.inlined, from, block.runs * some);
      }
    }
    return functions;
  }

  #piecesOf(block: CountedBlock): Piece[] {
    const key = block.address * 2 ** 16 + block.bytes;
    const known = this.#pieces.get(key);
    if (known) return known;
    const pieces = piecesOf(block, this.code);
    this.#pieces.set(key, pieces);
    return pieces;
  }
}

/** A block runs on from one symbol into the next where nothing branches between them: its instructions by their bytes. */
function piecesOf({ address, bytes, instructions }: CountedBlock, code: KernelCode): Piece[] {
  const pieces: Piece[] = [];
  for (let at = address; at < address + bytes;) {
    const symbol = code.symbolAt(at);
    const end = Math.min(address + bytes, symbol?.end ?? Infinity);
    const share = (instructions * (end - at)) / bytes;
    const name = symbol ? sourceName(symbol.name) : moduleName;
    const file = (symbol && code.chains.get(symbol.start)?.at(-1)?.file) ?? '';
    const whose = inlinedIn(at, end, share, code);
    pieces.push({
      ...{ key: `${name} ${file}`, name, file, symbol: symbol?.name ?? moduleName },
      ...{ instructions: share, inlined: whose, entry: symbol?.start === at },
    });
    at = end;
  }
  return pieces;
}

/** Where the kernel has patched its code when it booted, each instruction of the image stands for as many. */
function inlinedIn(start: number, end: number, instructions: number, code: KernelCode): Map<string, number> {
  const whose = new Map<string, number>();
  const starts = code.startsIn(start, end);
  for (const address of starts)
    for (const name of new Set(
      code.chains
        .get(address)
        ?.slice(0, -1)
        .map((frame) => frame.function),
    ))
      add(whose, name, instructions / starts.length);
  return whose;
}

const add = (sums: Map<string, number>, key: string, by: number): void =>
  void sums.set(key, (sums.get(key) ?? 0) + by);
