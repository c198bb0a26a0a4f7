import { max, median, min } from 'simple-statistics';
import type { Ratio } from './paired-interval.js';

/**
 * The ratio of two sides of what repeats from boot to boot, with the smallest and the largest that any two boots give.
 * @returns undefined when a value of base is 0
 */
export function exactRange(base: readonly number[], head: readonly number[]): Ratio | undefined {
  if (min([...base]) <= 0) return undefined;
  return {
    estimate: median([...head]) / median([...base]),
    low: min([...head]) / max([...base]),
    high: max([...head]) / min([...base]),
  };
}

/** How far boots of the same side are apart at most, as a part of their median; undefined when no side has two. */
export function spreadWithin(sides: readonly (readonly number[])[]): number | undefined {
  const several = sides.filter(({ length }) => length > 1);
  if (several.length === 0) return undefined;
  return Math.max(
    ...several.map((values) => {
      const span = max([...values]) - min([...values]);
      return span === 0 ? 0 : span / Math.abs(median([...values]));
    }),
  );
}
