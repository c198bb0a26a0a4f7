import path from 'node:path';

/** A place in the source, with the function whose text it is in. */
export type Frame = { function: string; file: string; line: number };

/** From the innermost to the function that has the instruction: each but the first is a call that was inlined. */
export type Chain = Frame[];

const place = /^(.+):(\d+)(?: \(discriminator \d+\))?$/;

/**
 * Reads what `addr2line --addresses --functions --inlines` (binutils 2.40) answers: an address, then two lines for
 * each frame. Addresses are less kernelBase; what it does not know (`??:0`) is left out.
 */
export function parseChains(text: string): Map<number, Chain> {
  const chains = new Map<number, Chain>();
  for (const answer of text.split(/^0x(?=[0-9a-f]+$)/m)) {
    const [address, ...lines] = answer.trimEnd().split('\n');
    if (address === undefined || !/^[0-9a-f]{16}$/.test(address)) continue;
    const frames: Chain = [];
    for (let n = 0; n + 1 < lines.length; n += 2) {
      const [, file, line] = place.exec(lines[n + 1]!) ?? [];
      if (file === undefined || line === '0') continue;
      frames.push({
        function: sourceName(lines[n]!),
        file: path.posix.normalize(file),
        line: Number(line),
      });
    }
    chains.set(parseInt(address.slice(8), 16), frames);
  }
  return chains;
}

/** The name in the source: GCC adds .cold, .part.0, .isra.0, .constprop.0 to parts and clones. */
export const sourceName = (symbol: string): string => symbol.replace(/\..*$/, '');
