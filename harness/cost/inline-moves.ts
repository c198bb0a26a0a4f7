import type { FunctionCost } from './step-cost.js';

/**
 * A function that is called in one of the two kernels, and inlined in the other: what it costs in both, wherever its
 * instructions are.
 */
export type InlineMove = {
  name: string;
  /** The kernel that has it inlined. */
  inlinedIn: 'base' | 'head';
  base: number;
  head: number;
  /** The functions that it is inlined into, and what they got with it (lost, when it is base that has it inlined). */
  hosts: { name: string; perIo: number }[];
};

/** A part of it, at the least: a function that is inlined loses its own frame and what its callers know of its arguments. */
const leastPart = 0.25;

/** Finds functions that only one of the two kernels calls, while others have the more of it inlined. */
export function findMoves(base: readonly FunctionCost[], head: readonly FunctionCost[]): InlineMove[] {
  return [
    ...movesFrom(base, head).map((move) => ({ ...move, inlinedIn: 'head' as const })),
    ...movesFrom(head, base).map(({ name, base: called, head: inlined, hosts }): InlineMove => ({
      ...{ name, inlinedIn: 'base', base: inlined, head: called },
      hosts: hosts.map((host) => ({ name: host.name, perIo: -host.perIo })),
    })),
  ];
}

type Move = Omit<InlineMove, 'inlinedIn'>;

/** From functions that are called to the same ones inlined elsewhere. */
function movesFrom(called: readonly FunctionCost[], other: readonly FunctionCost[]): Move[] {
  const stays = new Set(other.map(({ name }) => name));
  const earlier = new Map(called.map((one) => [one.name, one.inlined ?? {}]));
  return called.flatMap(({ name, perIo }) => {
    if (stays.has(name)) return [];
    const hosts = other.flatMap((host) => {
      const more = (host.inlined?.[name] ?? 0) - (earlier.get(host.name)?.[name] ?? 0);
      return more > 0 ? [{ name: host.name, perIo: more }] : [];
    });
    const inlined = hosts.reduce((all, host) => all + host.perIo, 0);
    return inlined >= leastPart * perIo ? [{ name, base: perIo, head: inlined, hosts }] : [];
  });
}
