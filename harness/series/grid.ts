/** What a prefix of the series did in one respect. Plain JSON. */
export type Cell = {
  outcome: CellOutcome;
  /** Ordered by cause; the first is what broke. */
  reasons: string[];
  /** Shown in place of the outcome: of the lines that a patch adds, `41/44` ran. */
  figure?: string;
  /** When it was run more than once, in fresh VMs: how many of those that say something failed, and how many broke. */
  tries?: { failed: number; of: number; broken: number };
  /** The column of this series whose result counts here, since both kernels are the same bit by bit. */
  sameAs?: string;
  /** True when the result is on record from an earlier series. */
  earlier?: boolean;
  /** The result folder: relative to the series' folder, or absolute when it is an earlier series'. */
  folder?: string;
  /** Of all its runs together, from the start of QEMU to the verdict. */
  seconds?: number;
};

/** `flaky` fails sometimes; `warn` is worth a look and breaks nothing; `not-run` says in its reason why not. */
export const cellOutcomes = ['pass', 'fail', 'flaky', 'warn', 'skip', 'broken', 'not-run'] as const;
export type CellOutcome = (typeof cellOutcomes)[number];

/** The base, or the series up to a patch. `seconds` is all that it took: building, compiler's words, VMs. */
export type Column = { name: string; subject: string; kernelId?: string; seconds?: number };

/** `applies`, `builds`, `warnings`, `checkpatch`, `boots`, `coverage`, or a scenario's variant; a cell for each column. */
export type Row = { name: string; cells: Cell[] };

export type Grid = { columns: Column[]; rows: Row[] };

/** What one patch changed in one respect. */
export type Change = { patch: Column; row: string; what: 'breaks' | 'repairs'; reason: string };

/**
 * Which patch broke or repaired what: where the outcome goes from pass to fail, or back, against the last column that
 * has a word on it. What cannot be told (flaky, skip, broken, not run) changes nothing. What failed on the base is
 * nobody's.
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

export type PlacedCell = { row: string; column: Column; cell: Cell };

/** The cells with that outcome, row by row. */
export const cellsThat = ({ columns, rows }: Grid, ...outcomes: CellOutcome[]): PlacedCell[] =>
  rows.flatMap(({ name, cells }) =>
    cells.flatMap((cell, n) =>
      outcomes.includes(cell.outcome) ? [{ row: name, column: columns[n]!, cell }] : [],
    ),
  );

/**
 * The outcome of the whole: fail when a patch breaks something, also when a later one repairs it, since a bisection
 * would end there; broken when what could not be told is all that is wrong.
 */
export function gridOutcome(grid: Grid): 'pass' | 'fail' | 'broken' {
  if (changesOf(grid).some(({ what }) => what === 'breaks')) return 'fail';
  return cellsThat(grid, 'broken').length > 0 ? 'broken' : 'pass';
}
