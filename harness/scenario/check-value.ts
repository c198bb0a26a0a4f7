import type { core, ZodType } from 'zod';
import { suggestion } from './nearest.js';
import { wantText, type Complain, type Path } from './problems.js';
import { wantedBy } from './wanted-by.js';

/**
 * Reads a value by a schema and complains of all that is wrong with it.
 * @param path where the value is in the document
 * @returns the value as the schema makes it, undefined after a complaint
 */
export function checkValue<T>(
  schema: ZodType<T>,
  value: unknown,
  path: Path,
  complain: Complain,
): T | undefined {
  const result = schema.safeParse(value, { error: wantedBy });
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, value, path, complain);
  return undefined;
}

function report(issue: core.$ZodIssue, value: unknown, base: Path, complain: Complain): void {
  const { path, found } = existing(value, issue.path);
  const place = [...base, ...path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const text = `unknown key ${JSON.stringify(key)}, ${suggestion(key, issue.message.split(', '))}`;
      complain([...place, key], text, 'key');
    }
  } else if (issue.code === 'invalid_key') {
    complain(place, wantText(place.slice(0, -1), issue.message, path.at(-1)), 'key');
  } else {
    complain(place, wantText(place, issue.message, found), 'value');
  }
}

/** As much of a path as the document has, and one missing key: a schema may see a list where one value is written. */
function existing(
  value: unknown,
  path: readonly PropertyKey[],
): { path: (string | number)[]; found: unknown } {
  const kept: (string | number)[] = [];
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || typeof step === 'symbol') break;
    if (Array.isArray(found) !== (typeof step === 'number')) break;
    kept.push(step);
    found = Object.hasOwn(found, step) ? (found as Record<string | number, unknown>)[step] : undefined;
  }
  return { path: kept, found };
}
