import { changesOf, type Grid } from './grid.js';

/** A patch of the new version, counted from 1, and what it was in the version before. */
export type Match = { patch?: number; previous?: number; change: 'same' | 'changed' | 'new' | 'dropped' };

/** What a patch breaks, in the light of the version before. */
export type VersionedBreak = {
  state: 'new' | 'fixed' | 'still failing';
  row: string;
  /** Column names; of what is fixed the previous version's alone may be there. */
  patch?: string;
  previous?: string;
  reason: string;
};

/** Reads `git range-diff --no-patch`: `1:  0a1b2c ! 2:  3d4e5f Subject`, `-:  ------ > 3:  …`, `2:  … < -:  ------`. */
export function readRangeDiff(output: string): Match[] {
  const changes = { '=': 'same', '!': 'changed', '>': 'new', '<': 'dropped' } as const;
  const line = /^\s*(\d+|-):\s+\S+\s+([=!<>])\s+(\d+|-):\s+\S+/gm;
  return [...output.matchAll(line)].map(([, before, sign, now]) => ({
    ...(now !== '-' && { patch: Number(now) }),
    ...(before !== '-' && { previous: Number(before) }),
    change: changes[sign as keyof typeof changes],
  }));
}

/**
 * What is new, fixed and still failing, break by break: the same row broken by the matching patch is the same break.
 * When the matching one is gone or does not break it, the row decides: broken by another patch is still failing.
 * What was not run in both cannot be compared, and is not said to be fixed.
 */
export function compareVersions(previous: Grid, now: Grid, matches: readonly Match[]): VersionedBreak[] {
  const breaks = (grid: Grid) => changesOf(grid).filter(({ what }) => what === 'breaks');
  const [before, after] = [breaks(previous), breaks(now)];
  const left = new Set(before);
  const told = after.map(({ row, patch, reason }): VersionedBreak => {
    const was = matches.find((match) => `${match.patch}` === patch.name)?.previous;
    const candidates = [...left].filter((old) => old.row === row);
    const same = candidates.find((old) => old.patch.name === `${was}`) ?? candidates[0];
    if (same) left.delete(same);
    return same
      ? { state: 'still failing', row, patch: patch.name, previous: same.patch.name, reason }
      : { state: 'new', row, patch: patch.name, reason };
  });
  const fixed = [...left]
    .filter(({ row }) => passesAtEnd(now, row))
    .map(({ row, patch, reason }): VersionedBreak => {
      const is = matches.find((match) => `${match.previous}` === patch.name)?.patch;
      return {
        state: 'fixed',
        row,
        ...(is !== undefined && { patch: `${is}` }),
        previous: patch.name,
        reason,
      };
    });
  return [...told, ...fixed];
}

const passesAtEnd = ({ rows }: Grid, row: string): boolean =>
  rows.find(({ name }) => name === row)?.cells.at(-1)?.outcome === 'pass';
