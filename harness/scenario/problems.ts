import { HarnessError } from '../common/errors.js';
import type { Cell } from './variants.js';

/** Keys and indices from the top of the document. */
export type Path = readonly (string | number)[];

/**
 * How a check tells what is wrong.
 * @param text the whole message, see wantText
 * @param at `key` when the key at the end of the path is wrong itself, and not what it holds
 */
export type Complain = (path: Path, text: string, at?: 'value' | 'key') => void;

type Problem = { offset: number; text: string; cells: Set<Cell | undefined> };

/** Nobody corrects more at a time. */
const maxTold = 100;

/** The problems of one file, each kept once however many variants have it. */
export class Problems {
  readonly #all = new Map<string, Problem>();

  constructor(
    readonly file: string,
    readonly source: string,
  ) {}

  get size(): number {
    return this.#all.size;
  }

  /** @param cell the variant that has it; left out when the file itself has it */
  add(offset: number, text: string, cell?: Cell): void {
    const key = `${offset} ${text}`;
    const problem = this.#all.get(key) ?? { offset, text, cells: new Set() };
    this.#all.set(key, problem);
    problem.cells.add(cell);
  }

  /**
   * All problems as one error, a line for each, in file order.
   * @param cells all variants that were checked: a problem of only some of them says of which
   */
  error(cells: readonly Cell[] = []): HarnessError {
    const inOrder = [...this.#all.values()].sort((a, b) => a.offset - b.offset);
    const lines = inOrder
      .slice(0, maxTold)
      .map((p) => `${this.file}:${this.#position(p.offset)}: ${p.text}${inVariants(p, cells)}`);
    const next = inOrder[maxTold];
    if (next)
      lines.push(
        `${this.file}:${this.#position(next.offset)}: this and ${inOrder.length - maxTold - 1} more problems are not shown`,
      );
    return new HarnessError('scenario', lines.map(printable).join('\n'), {
      remedy: `correct ${this.file}, then let p2plab check read it again`,
    });
  }

  #position(offset: number): string {
    const before = this.source.slice(0, offset);
    return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
  }
}

/** `steps[0].fio.bs: want a size like 64M, found "64X"` */
export function wantText(path: Path, want: string, found: unknown): string {
  const where = pathInWords(path);
  return `${where === '' ? '' : `${where}: `}want ${want}, found ${inMessage(found)}`;
}

/** A value as messages show it: text in quotes and cut short, of lists and maps only the outside. */
export function inMessage(found: unknown): string {
  if (found === undefined || found === null) return 'nothing';
  if (typeof found === 'string') return JSON.stringify(found.length > 60 ? `${found.slice(0, 60)}…` : found);
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : `a list of ${found.length}`;
  if (typeof found !== 'object') return String(found);
  const keys = Object.keys(found);
  if (keys.length === 0) return 'an empty map';
  return `a map with ${keys.slice(0, 4).map(keyInWords).join(', ')}${keys.length > 4 ? ', …' : ''}`;
}

function pathInWords(path: Path): string {
  const words = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${keyInWords(step)}`));
  return words.join('').replace(/^\./, '');
}

const keyInWords = (key: string): string => (/^[\w-]{1,60}$/.test(key) ? key : inMessage(key));

function inVariants({ cells }: Problem, all: readonly Cell[]): string {
  if (cells.has(undefined) || cells.size === all.length) return '';
  const names = [...cells].slice(0, 3).map((cell) => {
    const choices = Object.entries(cell ?? {}).map(([key, value]) => `${key}=${value}`);
    return ` [${choices.join(' ')}]`;
  });
  return names.join('') + (cells.size > 3 ? ` and ${cells.size - 3} more variants` : '');
}

/** No message may break its line or disturb a terminal, whatever a file holds. */
function printable(text: string): string {
  const escape = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu, escape);
}
