import type { output } from 'zod';
import { checkValue } from './check-value.js';
import { wantText, type Complain } from './problems.js';
import { fileSchema, matrixSchema, paramsSchema } from './schema.js';
import { inWords, isMap } from './schema-parts.js';
import { cellsOf, type Cell, type Matrix } from './variants.js';

/** What a file says once for all its variants. */
export type Head = {
  /** Undefined when something about these keys was complained of. */
  fields: output<typeof fileSchema> | undefined;
  /** As the file lists it. */
  matrix: Matrix;
  /** With the settings in place of the defaults. */
  params: Record<string, string>;
  /** The variants that the settings leave. */
  cells: Cell[];
};

const maxVariants = 200;

/**
 * Reads the keys of the file, and its variables with the settings of the command line.
 * @returns undefined after complaints that leave no variants to check
 */
export function readHead(value: unknown, set: Record<string, string>, complain: Complain): Head | undefined {
  const fields = checkValue(fileSchema, value, [], complain);
  if (!isMap(value)) return undefined;
  const matrix = checkValue(matrixSchema, value.matrix, ['matrix'], complain);
  const defaults = checkValue(paramsSchema, value.params, ['params'], complain);
  if (!matrix || !defaults) return undefined;
  for (const key of Object.keys(defaults).filter((key) => Object.hasOwn(matrix, key)))
    complain(['params', key], `want each variable once, found "${key}" in matrix and in params`, 'key');
  const count = Object.values(matrix).reduce((product, values) => product * values.length, 1);
  if (count > maxVariants) {
    complain(['matrix'], `matrix: want at most ${maxVariants} variants, found ${count}`, 'key');
    return undefined;
  }
  const params = Object.entries(defaults).map(([key, value]) => [
    key,
    Object.hasOwn(set, key) ? set[key]! : value,
  ]);
  const cells = cellsOf(restrict(matrix, set, complain));
  return { fields, matrix, params: Object.fromEntries(params) as Record<string, string>, cells };
}

function restrict(matrix: Matrix, set: Record<string, string>, complain: Complain): Matrix {
  const entries = Object.entries(matrix).map(([key, values]): [string, string[]] => {
    const value = Object.hasOwn(set, key) ? set[key] : undefined;
    if (value === undefined) return [key, values];
    if (values.includes(value)) return [key, [value]];
    complain(['matrix', key], `${wantText(['matrix', key], inWords(values), value)} in --set`);
    return [key, values];
  });
  return Object.fromEntries(entries);
}
