import { findMoves, type InlineMove } from './inline-moves.js';
import type { ApartCost, FunctionCost, StepCost } from './step-cost.js';

/** A function of the path. Without `base` it is new there, without `head` gone. */
export type FunctionChange = {
  name: string;
  area: string;
  base?: number;
  head?: number;
  change: number;
  /** Whether it is more than what moves from boot to boot. */
  real: boolean;
  /** Of the change, what came from functions that are inlined there in one of the two, and not in the other. */
  moved?: { name: string; perIo: number }[];
};

export type AreaChange = { area: string; base: number; head: number; change: number };

/** A function that is in neither sum, as it is set apart in one of them at least. */
export type ApartChange = { name: string; why: string; base: number; head: number; change: number };

export type StepComparison = {
  step: string;
  machine: string;
  /** Instructions per I/O over the path, of functions that are in the sum of both. */
  base: number;
  head: number;
  change: number;
  /** In percent of base. */
  percent: number;
  /** Of the change, what functions make up that changed by more than what moves from boot to boot. */
  real: number;
  bytesPerIo: number;
  areas: AreaChange[];
  /** All of the path: those that changed first, by how much. */
  functions: FunctionChange[];
  moves: InlineMove[];
  /** What is set apart and changed by more than it wanders. */
  apart: ApartChange[];
  incomplete: boolean;
};

/** `onlyBase`, `onlyHead`: steps that the other side does not have, by name and machine. */
export type CostComparison = { steps: StepComparison[]; onlyBase: string[]; onlyHead: string[] };

/**
 * What only the I/O runs costs the same from boot to boot, to the tenth of an instruction. What has a spread, or is run by
 * processes that start, moves by more than three pairs of runs tell: over ten boots by up to 2.1 % of itself.
 */
const leastChange = 0.2;
const exactWithin = 0.005;
const spreads = 2;
const leastPart = 0.03;
/** Of what is set apart, whose starts and ticks come to a few instructions per I/O. */
const leastApart = 5;

/** Costs of two kernels, or of one kernel in two ways, step by step. */
export function compareCosts(base: readonly StepCost[], head: readonly StepCost[]): CostComparison {
  const key = ({ step, machine }: StepCost) => `${step} on ${machine}`;
  const heads = new Map(head.map((cost) => [key(cost), cost]));
  const bases = new Set(base.map(key));
  return {
    steps: base.flatMap((cost) => {
      const other = heads.get(key(cost));
      return other ? [compareStep(cost, other)] : [];
    }),
    onlyBase: base.map(key).filter((name) => !heads.has(name)),
    onlyHead: head.map(key).filter((name) => !bases.has(name)),
  };
}

function compareStep(base: StepCost, head: StepCost): StepComparison {
  const aparts = new Set([...base.apart, ...head.apart].map(({ name }) => name));
  const inSum = ({ name }: FunctionCost) => !aparts.has(name);
  const [before, after] = [base.functions.filter(inSum), head.functions.filter(inSum)];
  const moves = findMoves(before, after);
  const functions = pairUp(before, after).map(([one, other]) => functionChange(one, other, moves));
  const [was, is] = [sum(before), sum(after)];
  return {
    ...{ step: base.step, machine: base.machine, base: was, head: is, change: is - was },
    percent: was > 0 ? ((is - was) / was) * 100 : 0,
    real: sumReal(functions),
    bytesPerIo: base.bytes / base.ios,
    areas: areaChanges(functions),
    functions: functions.sort(realFirst),
    moves,
    apart: apartChanges(base, head, aparts),
    incomplete: base.incomplete || head.incomplete,
  };
}

const sum = (functions: readonly FunctionCost[]): number =>
  functions.reduce((all, { perIo }) => all + perIo, 0);

/** What only moved by inlining counts, too: of it the sum of both ends is left. */
const sumReal = (functions: readonly FunctionChange[]): number =>
  functions.reduce((all, { change, real, moved }) => all + (real || moved ? change : 0), 0);

function functionChange(
  base: FunctionCost | undefined,
  head: FunctionCost | undefined,
  moves: readonly InlineMove[],
): FunctionChange {
  const { name, area } = (head ?? base)!;
  const change = (head?.perIo ?? 0) - (base?.perIo ?? 0);
  const moved = moves.flatMap((move) =>
    move.name === name
      ? [{ name, perIo: change }]
      : move.hosts.filter((host) => host.name === name).map(({ perIo }) => ({ name: move.name, perIo })),
  );
  const unexplained = change - moved.reduce((all, { perIo }) => all + perIo, 0);
  const real = Math.abs(unexplained) > tolerance(base, head);
  return {
    ...{ name, area, base: base?.perIo, head: head?.perIo, change, real },
    ...(moved.length > 0 && { moved }),
  };
}

function tolerance(base: FunctionCost | undefined, head: FunctionCost | undefined): number {
  const most = Math.max(spread(base), spread(head));
  const shared = base?.shared ?? head?.shared ?? false;
  if (most < exactWithin && !shared) return leastChange;
  return Math.max(leastChange, spreads * most, leastPart * Math.max(base?.perIo ?? 0, head?.perIo ?? 0));
}

const spread = (cost: { spread: number } | undefined): number => cost?.spread ?? 0;

function pairUp<One extends { name: string }>(base: readonly One[], head: readonly One[]) {
  const heads = new Map(head.map((one) => [one.name, one]));
  const bases = new Set(base.map(({ name }) => name));
  const added = head.filter(({ name }) => !bases.has(name));
  return [
    ...base.map((one) => [one, heads.get(one.name)] as const),
    ...added.map((one) => [undefined, one] as const),
  ];
}

const realFirst = (a: FunctionChange, b: FunctionChange): number =>
  Number(b.real) - Number(a.real) ||
  (a.real ? Math.abs(b.change) - Math.abs(a.change) : (b.head ?? 0) - (a.head ?? 0)) ||
  (a.name < b.name ? -1 : 1);

function areaChanges(functions: readonly FunctionChange[]): AreaChange[] {
  const areas = new Map<string, AreaChange>();
  for (const { area, base = 0, head = 0, change } of functions) {
    const known = areas.get(area) ?? { area, base: 0, head: 0, change: 0 };
    areas.set(area, {
      area,
      base: known.base + base,
      head: known.head + head,
      change: known.change + change,
    });
  }
  return [...areas.values()].sort((a, b) => b.head - a.head || (a.area < b.area ? -1 : 1));
}

/** Where one side says that it is apart, its number on the other side is told with it. */
function apartChanges(base: StepCost, head: StepCost, aparts: ReadonlySet<string>): ApartChange[] {
  const all = ({ functions, apart }: StepCost) =>
    [...apart, ...functions.filter(({ name }) => aparts.has(name))] as (ApartCost & FunctionCost)[];
  const changes = pairUp(all(base), all(head)).flatMap(([one, other]) => {
    const { name, why = one?.why ?? 'wanders' } = (other ?? one)!;
    const [was, is] = [one?.perIo ?? 0, other?.perIo ?? 0];
    const beyond = Math.abs(is - was) > Math.max(leastApart, spreads * (spread(one) + spread(other)));
    return beyond ? [{ name, why, base: was, head: is, change: is - was }] : [];
  });
  return changes.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || (a.name < b.name ? -1 : 1));
}
