import type { ExecutedBlock } from '../evidence/executed-blocks.js';

/** How often each instruction ran: a sum over the blocks that it is part of. */
export class ExecutedCode {
  /** Where the number changes, ascending, and the number from there on. */
  readonly #from: number[] = [];
  readonly #runs: number[] = [];

  constructor(blocks: readonly ExecutedBlock[]) {
    const changes = new Map<number, number>();
    const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
    for (const { address, bytes, runs } of blocks) {
      change(address, runs);
      change(address + bytes, -runs);
    }
    let runs = 0;
    for (const [at, by] of [...changes].sort(([a], [b]) => a - b)) {
      runs += by;
      this.#from.push(at);
      this.#runs.push(runs);
    }
  }

  /** The most that any instruction from `start` up to `end` ran; 0 for none. */
  runs(start: number, end: number): number {
    let most = 0;
    for (let n = this.#last(start); n < this.#from.length && (n < 0 || this.#from[n]! < end); n++)
      if (n >= 0 && end > start) most = Math.max(most, this.#runs[n]!);
    return most;
  }

  /** Index of the last change at or before an address, -1 for none. */
  #last(address: number): number {
    let [low, high] = [0, this.#from.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#from[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
