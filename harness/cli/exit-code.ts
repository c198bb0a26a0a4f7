import type { Blame } from '../common/errors.js';
import type { Result } from '../report/run-document.js';

/** What the shell sees; the README has the table. */
export const exitCodes = { passed: 0, failed: 1, usage: 2, broken: 3, skipped: 4, interrupted: 130 } as const;

/** Of a run that came to its end: 3 outranks 1 outranks 0; 4 when everything was skipped. */
export function exitCodeOfResults(results: readonly Pick<Result, 'outcome'>[]): number {
  const has = (outcome: Result['outcome']) => results.some((result) => result.outcome === outcome);
  if (has('broken')) return exitCodes.broken;
  if (has('fail')) return exitCodes.failed;
  return has('pass') ? exitCodes.passed : exitCodes.skipped;
}

/** Of an error that ended everything. */
export function exitCodeOfBlame(blame: Blame): number {
  return {
    scenario: exitCodes.usage,
    kernel: exitCodes.failed,
    host: exitCodes.broken,
    harness: exitCodes.broken,
  }[blame];
}
