/** What a prefix of the series did in one respect. Plain JSON. */
export type Cell = {
  outcome: CellOutcome;
  /** Ordered by cause; the first is what broke. */
  reasons: string[];
  /** How often it failed in fresh VMs, when it was tried again. */
  tries?: { failed: number; of: number };
  /** The column whose result counts here, since both kernels are the same bit by bit. */
  sameAs?: string;
  /** The result folder, relative to the series' folder. */
  folder?: string;
  seconds?: number;
};
export type CellOutcome = 'pass' | 'fail' | 'skip' | 'broken' | 'not-run';

/** The base, or the series up to a patch. */
export type Column = { name: string; subject: string };

/** `applies`, `builds`, `warnings`, `checkpatch`, or a scenario's variant; a cell for each column. */
export type Row = { name: string; cells: Cell[] };

export type Grid = { columns: Column[]; rows: Row[] };

/** What one patch changed in one respect. */
export type Change = { patch: Column; row: string; what: 'breaks' | 'repairs'; reason: string };

/**
 * Which patch broke or repaired what: where the outcome goes from pass to fail, or back, against the last column that
 * has a word on it. What cannot be told (skip, broken, not run) changes nothing. What failed on the base is nobody's.
 */
export function changesOf({ columns, rows }: Grid): Change[] {
  return columns.flatMap((patch, index) =>
    index === 0 ? [] : rows.flatMap((row) => changeIn(row, index, patch) ?? []),
  );
}

function changeIn({ name, cells }: Row, index: number, patch: Column): Change | undefined {
  const now = cells[index]!;
  const before = cells.slice(0, index).findLast(isWord);
  if (!before || !isWord(now) || now.outcome === before.outcome) return undefined;
  const reason = (now.outcome === 'fail' ? now : before).reasons[0] ?? '';
  return { patch, row: name, what: now.outcome === 'fail' ? 'breaks' : 'repairs', reason };
}

const isWord = ({ outcome }: Cell): boolean => outcome === 'pass' || outcome === 'fail';

/** Rows that fail on the base already: the series is not to blame, and cannot be seen to break them. */
export const brokenBefore = ({ rows }: Grid): Row[] =>
  rows.filter(({ cells }) => cells[0]?.outcome === 'fail');

/**
 * The outcome of the whole: fail when a patch breaks something, also when a later one repairs it, since a bisection
 * would end there; broken when what could not be told is all that is wrong.
 */
export function gridOutcome(grid: Grid): 'pass' | 'fail' | 'broken' {
  if (changesOf(grid).some(({ what }) => what === 'breaks')) return 'fail';
  const cells = grid.rows.flatMap((row) => row.cells);
  if (cells.some(({ outcome }) => outcome === 'broken')) return 'broken';
  return 'pass';
}
