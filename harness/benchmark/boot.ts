import type { Measurement } from '../cost/measurement.js';

/** Two sides are compared: what is there already, and what is new. */
export const sideNames = ['base', 'head'] as const;
export type SideName = (typeof sideNames)[number];

/** One fresh boot of one side, and what was measured in it. */
export type Boot = { side: SideName; measurements: Measurement[] };

/**
 * Boots that are not counted, one of each side: the first of a kernel reads files that no later one has to read. Only a
 * clock tells.
 */
export const warmUp: readonly SideName[] = ['base', 'head'];

/**
 * Whose turn it is, from 0: base, head, head, base, and again (ABBA). What grows steadily meanwhile, like the heat of a
 * host, weighs on both sides alike.
 */
export const sideOf = (n: number): SideName => (n % 4 === 0 || n % 4 === 3 ? 'base' : 'head');

/** Boots that stand beside each other, one of each side. */
export function pairsOf<T>(boots: readonly T[]): { base: T; head: T }[] {
  return Array.from({ length: Math.floor(boots.length / 2) }, (_, n) => {
    const [first, second] = [boots[2 * n]!, boots[2 * n + 1]!];
    return sideOf(2 * n) === 'base' ? { base: first, head: second } : { base: second, head: first };
  });
}

/**
 * The control (A/A): boots that stand beside each other and are of the same side, as far apart in time as pairs are. Of
 * every other one the later boot comes first, as in pairs, so that a steady growth weighs on it no more than on those.
 */
export function controlPairsOf<T>(boots: readonly T[]): { base: T; head: T }[] {
  return Array.from({ length: Math.max(0, Math.floor((boots.length - 1) / 2)) }, (_, n) => {
    const [first, second] = [boots[2 * n + 1]!, boots[2 * n + 2]!];
    return n % 2 === 0 ? { base: first, head: second } : { base: second, head: first };
  });
}
