import type { Evidence } from '../evidence/evidence.js';
import { checkAccounting } from './check-accounting.js';
import { checkData } from './check-data.js';
import { checkLedger } from './check-ledger.js';
import { checkLog } from './check-log.js';
import { checkSteps } from './check-steps.js';
import { checkTopology } from './check-topology.js';
import { checkValue } from './check-value.js';
import type { Check, Outcome, Verdict } from './check.js';

/**
 * The verdict on a variant: a pure function of its evidence.
 *
 * The order of the reasons is the order of causes: what the kernel's log says outranks what ended the run (an oops
 * causes the lost connection), that outranks failed steps, and those outrank what was measured.
 */
export function judge(evidence: Evidence): Verdict {
  const log = checkLog(evidence);
  const measured = [
    ...checkTopology(evidence),
    ...checkSteps(evidence),
    ...evidence.scenario.expect.flatMap((e) =>
      e.type === 'data' ? checkData(e, evidence) : checkValue(e, evidence),
    ),
    ...checkAccounting(evidence),
    ...checkLedger(evidence),
  ];
  const checks = [...log, ...endCheck(evidence), ...measured];
  const failed = checks.filter(({ ok }) => !ok);
  return { outcome: outcomeOf(failed), reasons: failed.map((c) => c.reason ?? c.name), checks };
}

function endCheck({ end }: Evidence): Check[] {
  if (!end) return [];
  const { blame, message } = end;
  return [
    {
      name: 'the run reaches its last step',
      ok: false,
      want: 'the last step',
      got: message,
      blame,
      reason: message,
    },
  ];
}

/** The first failed check is the cause: what follows from a host's trouble must not be dressed as a kernel bug. */
function outcomeOf([first]: Check[]): Outcome {
  if (first === undefined) return 'pass';
  return first.blame === 'kernel' ? 'fail' : 'broken';
}
