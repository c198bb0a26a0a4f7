import { max, median, min } from 'simple-statistics';

/** One comparison: how often it was made, and what came of it each time. */
export type SpeedRow = {
  what: string;
  comparedWith: string;
  /** `×`, `ms` or `MB`. */
  unit: string;
  /** The median is to be no more than this. */
  goal: number;
  values: number[];
  /** What the values were made of, each time: in the units of the names. */
  from: Record<string, number>[];
  /** Load average of the host before each. */
  loads: number[];
};

export type SpeedDocument = {
  schema: 'p2plab.speed/1';
  at: string;
  host: { cpus: number; cpuModel: string; node: string; kernel: string };
  rows: (SpeedRow & { median: number; reached: boolean })[];
};

/** Values that were measured, with what they come to. */
export const summed = (row: SpeedRow): SpeedDocument['rows'][number] => {
  const middle = median(row.values);
  return { ...row, median: middle, reached: middle <= row.goal };
};

/** The cells of a row, and how far the smallest and the largest value are apart. */
export function cellsOf({
  what,
  comparedWith,
  unit,
  goal,
  values,
  loads,
  ...row
}: SpeedDocument['rows'][number]) {
  const value = (n: number) => `${Number(n.toPrecision(3))} ${unit}`;
  const range = (some: readonly number[]) =>
    [...new Set([min([...some]), max([...some])].map((n) => Number(n.toPrecision(3))))].join(' to ');
  return [
    ...[what, comparedWith, `≤ ${value(goal)}`, `${value(row.median)}${row.reached ? '' : ' (over)'}`],
    ...[range(values), String(values.length), range(loads)],
  ];
}
