import * as z from 'zod';
import type { ZodType } from 'zod';
import { formatSize, parseSize } from '../common/size.js';

// The message of every issue is what was wanted, without "want" and without what was found: readScenario adds both,
// with the path and the position. A value that came from a variable is a string, so every part accepts one.

type PowerOfTwo = { min: number; max: number; orZero?: boolean };

/** Ids and names: `nvme0`, `after-exhaustion`. */
export const idPattern = /^[a-z][a-z0-9-]*$/;

/**
 * Bytes, written as `4096`, `4k`, `64M`, `1G`. Limits are bytes, both included.
 * @param multipleOf bytes, e.g. 512 for a block size
 */
export function size({ min = 1, max = Number.MAX_SAFE_INTEGER, multipleOf = 1 } = {}): ZodType<number> {
  const range = limits(min > 1 ? min : 0, max === Number.MAX_SAFE_INTEGER ? undefined : max, formatSize);
  const want = `a size like 64M${range}${multipleOf > 1 ? `, a multiple of ${formatSize(multipleOf)}` : ''}`;
  return part(want, (found) => {
    const bytes = isScalar(found) ? parseSize(found) : undefined;
    return bytes !== undefined && bytes >= min && bytes <= max && bytes % multipleOf === 0
      ? bytes
      : undefined;
  });
}

/**
 * Bytes, of which there is a power of two: what PCI wants of a BAR. Limits are bytes, both included.
 * @param orZero accepts 0 for "there is none"
 */
export function powerOfTwoSize({ min, max, orZero = false }: PowerOfTwo): ZodType<number> {
  const want = `a power of two${limits(min, max, formatSize)}${orZero ? ', or 0 for none' : ''}`;
  return part(want, (found) => {
    const bytes = isScalar(found) ? parseSize(found) : undefined;
    if (bytes === undefined || (bytes === 0 && orZero)) return bytes;
    return bytes >= min && bytes <= max && Number.isInteger(Math.log2(bytes)) ? bytes : undefined;
  });
}

/** A whole number, both limits included. */
export function count({ min = 0, max }: { min?: number; max?: number } = {}): ZodType<number> {
  return part('a whole number' + limits(min, max, String), (found) => {
    const number = typeof found === 'string' && /^\d{1,15}$/.test(found) ? Number(found) : found;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) return undefined;
    return number >= min && number <= (max ?? number) ? number : undefined;
  });
}

/** A part of a whole, written as `99%` or `0.99`; the value is 0..1. */
export function share(): ZodType<number> {
  return part('a share like 99% or 0.99', (found) => {
    const text = isScalar(found) ? `${found}` : '';
    const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,9})?)(%?)$/.exec(text) ?? [];
    const value = Number(digits) / (percent ? 100 : 1);
    return value <= 1 ? value : undefined; // NaN is not
  });
}

/** `true` or `false`. */
export function flag(): ZodType<boolean> {
  return part('true or false', (found) =>
    [true, false].find((value) => found === value || found === `${value}`),
  );
}

/** One line of text, not empty; a number is read as its text. */
export function line(want = 'a line of text'): ZodType<string> {
  const fits = (text: string) => text.trim() !== '' && !/\p{Cc}/u.test(text);
  return part(want, (found) => (isScalar(found) && fits(`${found}`) ? `${found}` : undefined));
}

/** Lower-case letters, digits and dashes: names of steps, networks, subsystems. */
export function name(what = 'a name'): ZodType<string> {
  return shortName(`${what} of lower-case letters, digits and dashes`, 60);
}

/** The id of a device or of a connected disk: as name(), at most 20 characters. Also `none` and `ram` where those are legal. */
export function deviceId(what = 'a device id'): ZodType<string> {
  return shortName(`${what} of at most 20 lower-case letters, digits and dashes`, 20);
}

/** Text of a given shape; a number is read as its text. */
export function textLike(want: string, shape: RegExp): ZodType<string> {
  return part(want, (found) => (isScalar(found) && shape.test(`${found}`) ? `${found}` : undefined));
}

/** One of some words. */
export function oneOf<const W extends string>(words: readonly W[]): ZodType<W> {
  return part(inWords(words), (found) => words.find((word) => isScalar(found) && word === `${found}`));
}

/** One value or a list of them, at least one; always read as a list. */
export function list<T>(of: ZodType<T>): ZodType<T[]> {
  const asList = (found: unknown) => (Array.isArray(found) ? found : [found]); // a missing one is wanted as its first
  return z.preprocess(asList, z.array(of).min(1, 'at least one entry')) as unknown as ZodType<T[]>;
}

/** `a, b or c`. */
export function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function shortName(want: string, max: number): ZodType<string> {
  return textLike(want, new RegExp(`^(?=.{1,${max}}$)${idPattern.source.slice(1)}`));
}

/** A schema by a function that gives undefined for what it does not accept. */
export function part<T>(want: string, read: (found: unknown) => T | undefined): ZodType<T> {
  const schema = z.unknown().transform((found, context) => {
    const value = read(found);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: want, input: found });
    return z.NEVER;
  });
  return schema as unknown as ZodType<T>;
}

function limits(min: number, max: number | undefined, show: (n: number) => string): string {
  if (max !== undefined) return ` from ${show(min)} to ${show(max)}`;
  return min > 0 ? ` of at least ${show(min)}` : '';
}

/** Text or a number: what a value can be once variables are put in. */
export const isScalar = (found: unknown): found is string | number =>
  typeof found === 'string' || typeof found === 'number';

/** A YAML map, of whatever. */
export const isMap = (found: unknown): found is Record<string, unknown> =>
  typeof found === 'object' && found !== null && !Array.isArray(found);
