import path from 'node:path';

/**
 * A row of the line table: the instructions from `start` up to `end` are of that line. Addresses are less kernelBase.
 * `end` is `start` where the compiler kept the place of a line, but no instruction of its own.
 */
export type LineRow = { file: string; line: number; start: number; end: number };

/** One of the kernel's translation units (`drivers/pci/p2pdma.c`), with the rows of its headers' inline functions. */
export type Unit = { name: string; rows: LineRow[] };

type Marker = Omit<LineRow, 'end'>;

const unitLine = /^CU: (.+?):$/;
const fileLine = /^(\S.*?):(?:\[\+\+\])?$/;
const rowLine = /^\S.*?\s+(\d+|-)\s+0x([0-9a-f]+)(?:\s|$)/;
/** Only the top 2 GiB have code; a discarded section's rows are at 0. */
const kernelAddress = /^ffffffff([89a-f][0-9a-f]{7})$/;

/**
 * Reads what `readelf --wide --debug-dump=decodedline` (binutils 2.40) prints, line by line, and gives each unit to
 * `onUnit` as soon as it is through. Paths are as in the table, without `./`.
 */
export class LineTableParser {
  #unit: { name: string; markers: (Marker | 'end')[]; ends: number[] } | undefined;
  #file = '';

  constructor(readonly onUnit: (unit: Unit) => void) {}

  line(text: string): void {
    const unit = unitLine.exec(text);
    if (unit) {
      this.finish();
      this.#file = path.posix.normalize(unit[1]!);
      this.#unit = { name: this.#file, markers: [], ends: [] };
      return;
    }
    const row = rowLine.exec(text);
    if (row) return this.#row(row[1]!, row[2]!);
    const file = fileLine.exec(text);
    if (file && !text.startsWith('File name')) this.#file = path.posix.normalize(file[1]!);
  }

  /** The last unit ends with the text. */
  finish(): void {
    if (this.#unit) this.onUnit({ name: this.#unit.name, rows: rowsOf(this.#unit.markers, this.#unit.ends) });
    this.#unit = undefined;
  }

  #row(line: string, address: string): void {
    const low = kernelAddress.exec(address)?.[1];
    if (!this.#unit || low === undefined) return;
    const start = parseInt(low, 16);
    if (line === '-') {
      this.#unit.markers.push('end');
      this.#unit.ends.push(start);
    } else this.#unit.markers.push({ file: this.#file, line: Number(line), start });
  }
}

/** A row goes up to the next of its sequence; line 0 is code that belongs to no line (DWARF 5, 6.2.2). */
function rowsOf(markers: readonly (Marker | 'end')[], ends: readonly number[]): LineRow[] {
  let sequence = 0;
  return markers.flatMap((marker, index) => {
    if (marker === 'end') {
      sequence++;
      return [];
    }
    const next = markers[index + 1];
    const end = next === undefined || next === 'end' ? ends[sequence] : next.start;
    return end === undefined || marker.line === 0 ? [] : [{ ...marker, end: Math.max(end, marker.start) }];
  });
}
