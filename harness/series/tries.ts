import type { Cell, CellOutcome } from './grid.js';

/** What one fresh VM said about a variant. */
export type Try = {
  outcome: Extract<CellOutcome, 'pass' | 'fail' | 'skip' | 'broken'>;
  reasons: string[];
  /** Whether the guest came up. */
  booted: boolean;
  seconds?: number;
  /** The result folder. */
  folder: string;
};

/** So many failures in a row, without a pass, are no coincidence: more would only cost time. */
export const failuresInARow = 3;

/**
 * Whether more fresh VMs would change nothing: it passed or was skipped at once, it fails every time, or `retries` are
 * used up. A run that broke says nothing about the kernel and is never enough.
 */
export function isSettled(tries: readonly Pick<Try, 'outcome'>[], retries: number): boolean {
  if (tries.length > retries) return true;
  const words = tries.filter(({ outcome }) => outcome !== 'broken');
  const failed = words.filter(({ outcome }) => outcome === 'fail').length;
  if (failed === 0) return words.length > 0;
  return failed === words.length && failed >= failuresInARow;
}

/** How many more are surely needed until it is settled, whatever they say. */
export function triesNeeded(tries: readonly Pick<Try, 'outcome'>[], retries: number): number {
  if (isSettled(tries, retries)) return 0;
  const left = retries + 1 - tries.length;
  const words = tries.filter(({ outcome }) => outcome !== 'broken');
  const failed = words.filter(({ outcome }) => outcome === 'fail').length;
  if (words.length === 0) return 1;
  return failed === words.length ? Math.min(left, failuresInARow - failed) : left;
}

/**
 * One cell of all tries. Failing sometimes is `flaky`, which is not `fail`; broken runs are counted, and count neither
 * for a pass nor for a failure: when there is nothing else the cell is broken.
 */
export function cellOf(tries: readonly Try[]): Cell {
  const words = tries.filter(({ outcome }) => outcome !== 'broken');
  const failed = words.filter(({ outcome }) => outcome === 'fail');
  const broken = tries.length - words.length;
  if (tries.length === 0) return { outcome: 'not-run', reasons: ['nothing is there of its first run'] };
  const shown = failed[0] ?? words[0] ?? tries[0]!;
  const outcome = failed.length > 0 && failed.length < words.length ? 'flaky' : shown.outcome;
  const seconds = tries.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  return {
    outcome,
    reasons: shown.reasons,
    ...(tries.length > 1 && { tries: { failed: failed.length, of: words.length, broken } }),
    folder: shown.folder,
    ...(seconds > 0 && { seconds: Math.round(seconds * 10) / 10 }),
  };
}
