import type { Complain, Path } from './problems.js';
import { wantText } from './problems.js';
import { inWords, isMap, isScalar } from './schema-parts.js';
import { suggestion } from './nearest.js';
import type { Cell, Matrix } from './variants.js';

export type VariantFilter = (cell: Cell) => boolean;

/**
 * Reads the `only:` of a step or an expectation: which variants it belongs to.
 * @param entry the whole step or expectation as written; anything is accepted
 * @returns a filter that keeps every variant when there is no `only`
 */
export function readOnly(entry: unknown, path: Path, matrix: Matrix, complain: Complain): VariantFilter {
  if (!isMap(entry) || !Object.hasOwn(entry, 'only')) return () => true;
  const { only } = entry;
  const place = [...path, 'only'];
  if (!isMap(only)) {
    complain(place, wantText(place, 'a map from matrix keys to values', only));
    return () => true;
  }
  const choices = Object.entries(only).map(([key, values]) => [key, [values].flat()] as const);
  for (const [key, values] of choices) checkChoice(key, values, [...place, key], matrix, complain);
  return (cell) =>
    choices.every(
      ([key, values]) => !Object.hasOwn(cell, key) || values.some((v) => asText(v) === cell[key]),
    );
}

function checkChoice(key: string, values: unknown[], path: Path, matrix: Matrix, complain: Complain): void {
  const listed = Object.hasOwn(matrix, key) ? matrix[key]! : undefined;
  if (!listed) {
    complain(
      path,
      `unknown matrix key ${JSON.stringify(key)}, ${suggestion(key, Object.keys(matrix))}`,
      'key',
    );
    return;
  }
  for (const value of values.filter((value) => !listed.includes(asText(value) ?? '')))
    complain(path, wantText(path, inWords(listed), value));
}

const asText = (value: unknown): string | undefined => (isScalar(value) ? `${value}` : undefined);
