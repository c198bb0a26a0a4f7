import { inertLine } from '../inert-text.js';

/** The same value with every text in it, keys too, made one inert line: nothing live can come through unnoticed. */
export function inertValue<T>(value: T): T {
  if (typeof value === 'string') return inertLine(value) as T;
  if (Array.isArray(value)) return value.map(inertValue) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [inertLine(k), inertValue(v)])) as T;
}
