import type { Evidence } from '../evidence/evidence.js';
import { checkAccounting } from './check-accounting.js';
import { checkClaims } from './check-claims.js';
import { checkControl } from './check-control.js';
import { checkData } from './check-data.js';
import { checkLedger } from './check-ledger.js';
import { checkLog } from './check-log.js';
import { withoutExpectedEnd } from './check-log-matches.js';
import { checkModuleReferences } from './check-module-references.js';
import { checkPathLog } from './check-path-log.js';
import { checkPrediction } from './check-prediction.js';
import { checkRatio } from './check-ratio.js';
import { checkRebind } from './check-rebind.js';
import { checkSteps } from './check-steps.js';
import { checkTopology } from './check-topology.js';
import { checkValue } from './check-value.js';
import type { Check, Outcome, Verdict } from './check.js';
import { withoutSkipped } from './without-skipped.js';

/**
 * Causes before effects: the first failed check of this list is what broke, and decides who is to blame. On a full disk
 * a guest's drives fail and its log and the trace miss lines, so that outranks all else. The kernel's own words outrank the lost connection that an oops causes; that outranks failed commands; and those outrank what
 * was measured of them. The control comes last: a claim that fails by itself needs none.
 */
export const precedence: readonly { what: string; checks: (evidence: Evidence) => Check[] }[] = [
  { what: 'a full disk', checks: checkFullDisk },
  { what: 'kernel log', checks: checkLog },
  { what: 'the end', checks: ({ end }) => (end?.diskFull ? [] : checkEnd({ end })) },
  { what: 'topology', checks: checkTopology },
  { what: 'peer-to-peer paths', checks: checkPrediction },
  { what: 'paths by the log', checks: checkPathLog },
  { what: 'commands and samples', checks: checkSteps },
  { what: 'expectations', checks: checkExpectations },
  { what: 'accounting', checks: checkAccounting },
  { what: 'references to modules', checks: checkModuleReferences },
  { what: 'rebinding', checks: checkRebind },
  { what: 'claims', checks: checkClaims },
  { what: 'ledger', checks: checkLedger },
  { what: 'control', checks: checkControl },
];

/** What is not excused by an end that was expected, or by steps that skipped themselves. */
const ofAll: readonly ((evidence: Evidence) => Check[])[] = [checkFullDisk, checkLog];

/** The verdict on a variant: a pure function of its evidence. */
export function judge(evidence: Evidence): Verdict {
  const rest = withoutSkipped(withoutExpectedEnd(evidence));
  const checks = precedence.flatMap((row) => row.checks(ofAll.includes(row.checks) ? evidence : rest));
  const notOk = checks.filter(({ ok }) => !ok);
  const failed = [...notOk.filter(({ skips }) => !skips), ...notOk.filter(({ skips }) => skips)];
  return { outcome: outcomeOf(failed), reasons: failed.map((c) => c.reason ?? c.name), checks };
}

/** Whether a kernel's own words or its end tell against it: nothing that was done to it excuses them. */
export const kernelComplains = (evidence: Evidence): boolean =>
  [...checkLog(evidence), ...checkEnd(evidence)].some(({ ok, blame }) => !ok && blame === 'kernel');

function checkExpectations(evidence: Evidence): Check[] {
  return evidence.scenario.expect.flatMap((e) => {
    if (e.type === 'data') return checkData(e, evidence);
    if (e.type === 'value') return checkValue(e, evidence);
    return e.type === 'ratio' ? checkRatio(e, evidence) : []; // the log's come first, with checkLog
  });
}

function checkFullDisk({ end }: Evidence): Check[] {
  return end?.diskFull ? checkEnd({ end }) : [];
}

function checkEnd({ end }: Pick<Evidence, 'end'>): Check[] {
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

/**
 * The first failed check is the cause: what follows from a host's trouble must not be dressed as a kernel bug. An unmet
 * need comes last: it hides nothing.
 */
function outcomeOf([first]: Check[]): Outcome {
  if (first === undefined) return 'pass';
  if (first.skips) return 'skip';
  return first.blame === 'kernel' ? 'fail' : 'broken';
}
