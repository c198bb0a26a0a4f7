import * as z from 'zod';
import type { core, ZodType } from 'zod';
import { inWords, isMap } from './schema-parts.js';
import { nearest } from './nearest.js';
import { wantedBy } from './wanted-by.js';

/**
 * One of several maps, told apart by which of the keys is there. Unlike a union it complains of the map that was meant.
 * @param what for messages: 'a device'
 */
export function byKey<T>(what: string, maps: Record<string, ZodType<T>>): ZodType<T> {
  const keys = Object.keys(maps);
  const schema = z.unknown().transform((found, context) => {
    const choice = chooseKey(what, keys, found);
    if (typeof choice !== 'string') {
      context.issues.push({ ...choice, input: found } as core.$ZodRawIssue);
      return z.NEVER;
    }
    const result = maps[choice]!.safeParse(found, { error: wantedBy });
    if (result.success) return result.data;
    context.issues.push(...(result.error.issues as core.$ZodRawIssue[]));
    return z.NEVER;
  });
  return schema as unknown as ZodType<T>;
}

type Refusal =
  { code: 'custom'; message: string } | { code: 'unrecognized_keys'; keys: string[]; message: string };

function chooseKey(what: string, keys: readonly string[], found: unknown): string | Refusal {
  const want = `${what}: a map with the key ${inWords(keys)}`;
  if (!isMap(found)) return { code: 'custom', message: want };
  const there = keys.filter((key) => Object.hasOwn(found, key));
  if (there.length === 1) return there[0]!;
  if (there.length > 1) return { code: 'custom', message: `${what} with only one of ${there.join(' and ')}` };
  const misspelt = Object.keys(found).filter((key) => nearest(key, keys) !== undefined);
  if (misspelt.length > 0) return { code: 'unrecognized_keys', keys: misspelt, message: keys.join(', ') };
  return { code: 'custom', message: want };
}
