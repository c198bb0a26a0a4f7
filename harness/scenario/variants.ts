import type { Complain, Path } from './problems.js';
import { inMessage } from './problems.js';
import { suggestion } from './nearest.js';

/** One choice per matrix key, in the order of the matrix. */
export type Cell = Record<string, string>;
export type Matrix = Record<string, string[]>;

const variable = /\$\{([^}]*)\}/g;

/** The cartesian product in file order: the last key changes fastest. One empty cell without a matrix. */
export function cellsOf(matrix: Matrix): Cell[] {
  return Object.entries(matrix).reduce<Cell[]>(
    (cells, [key, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [key]: value }))),
    [{}],
  );
}

/** A value with `${name}` replaced in all its strings; keys, lists and everything else stay as they are. */
export function substitute(value: unknown, variables: Record<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replace(variable, (written, name: string) =>
      Object.hasOwn(variables, name) ? variables[name]! : written,
    );
  }
  if (Array.isArray(value)) return value.map((entry) => substitute(entry, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substitute(entry, variables)]));
}

/** Complains of each variable that nothing defines. */
export function checkVariables(
  value: unknown,
  known: readonly string[],
  complain: Complain,
  path: Path = [],
): void {
  if (typeof value === 'string') {
    for (const [written, name] of value.matchAll(variable)) {
      if (known.includes(name!)) continue;
      complain(path, `unknown variable ${inMessage(written)}, ${suggestion(name!, known)}`);
    }
    if (value.replace(variable, '').includes('${'))
      complain(path, 'want a variable like ${name}, found "${" without "}"');
  } else if (typeof value === 'object' && value !== null) {
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    for (const [key, entry] of entries) checkVariables(entry, known, complain, [...path, key]);
  }
}
