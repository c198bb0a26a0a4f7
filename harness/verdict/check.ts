import type { Blame } from '../common/errors.js';

/** One statement about the evidence, with both sides, so that a passed one can be believed and a failed one read. */
export type Check = {
  name: string;
  ok: boolean;
  want: string;
  got: string;
  /** Whose fault it is when it does not hold. */
  blame: Blame;
  /** Of a check that does not hold: one line that says what broke. */
  reason?: string;
  /** Of a check that does not hold: it shows an unmet need, and nobody is to blame. */
  skips?: boolean;
};

export type Outcome = 'pass' | 'fail' | 'skip' | 'broken';

/** `reasons` are ordered by cause: the first is what broke, the others may follow from it. */
export type Verdict = { outcome: Outcome; reasons: string[]; checks: Check[] };
