import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import type { LogFinding } from '../evidence/kernel-log.js';
import type { LogPatternName } from '../scenario/log-pattern-names.js';
import type { LogExpectation, LogMatch } from '../scenario/scenario.js';
import { controlPrefix } from '../workload/control-steps.js';
import type { Check } from './check.js';

/** A finding and the machine whose console has it. */
export type FoundOn = { finding: LogFinding; machine: string };

export const allFindings = ({ machines }: Evidence): FoundOn[] =>
  machines.flatMap(({ name, log }) => log.findings.map((finding) => ({ finding, machine: name })));

export const logExpectations = ({ scenario }: Evidence): LogExpectation[] =>
  scenario.expect.filter((e) => e.type === 'log');

/** The scenario expects the finding, or allows it. */
export const isTolerated = (found: FoundOn, evidence: Evidence): boolean =>
  tolerances(evidence).some((match) => matches(match, found));

/** Whether a finding of this pattern would be tolerated there, whatever its line said. */
export const isTolerable = (
  at: { pattern: LogPatternName; step: string; machine: string },
  evidence: Evidence,
): boolean => tolerances(evidence).some((match) => isPlace(match, at));

/** Findings of a machine that were counted only, as far as nothing tolerates them whatever they said. */
export function untolerated({ name, log }: MachineEvidence, evidence: Evidence): number {
  const tolerated = (log.uncounted ?? []).filter(({ pattern, step }) =>
    tolerances(evidence).some(
      (match) => match.matching === undefined && isPlace(match, { pattern, step, machine: name }),
    ),
  );
  return tolerated.reduce((rest, { count }) => rest - count, log.more);
}

/** The log tells of what is expected. Of a step that never ran, the reason for that is the reason. */
export function checkLogExpectation(expectation: LogExpectation, evidence: Evidence): Check[] {
  const { pattern, step, on, matching } = expectation;
  const found = allFindings(evidence).filter((f) => matches(expectation, f));
  const ran = step === undefined ? !evidence.end : evidence.steps.some(({ name }) => name === step);
  if (found.length === 0 && !ran) return [];
  const place = `${on === undefined ? '' : ` of ${on}`}${step === undefined ? '' : ` during step ${step}`}`;
  const what = `${pattern}${matching === undefined ? '' : ` matching ${matching}`}`;
  return [
    {
      name: `kernel log${place} tells of ${what}`,
      ok: found.length > 0,
      want: 'at least one',
      got: found[0] === undefined ? 'none' : `${found.length}, the first: ${found[0].finding.title}`,
      blame: 'kernel',
      reason: `the kernel log${place} tells of no ${what}, which is expected`,
    },
  ];
}

/**
 * The evidence without what follows from a panic that the scenario expects: the end of the run, and the step that the
 * panic cut off. A panic that is only allowed ends a run that was to go on.
 */
export function withoutExpectedEnd(evidence: Evidence): Evidence {
  const panic = allFindings(evidence).find(
    (found) =>
      (found.finding.panic !== undefined || found.finding.pattern === 'panic') &&
      logExpectations(evidence).some((match) => matches(match, found)),
  );
  if (!panic) return evidence;
  const steps = evidence.steps.filter(({ name }) => name !== panic.finding.step);
  return { ...evidence, steps, end: undefined };
}

function matches(match: LogMatch, { finding, machine }: FoundOn): boolean {
  if (!isPlace(match, { ...finding, machine })) return false;
  if (match.matching === undefined) return true;
  const expression = new RegExp(match.matching, 'u');
  return [finding.text, finding.title, finding.message ?? ''].some((line) => expression.test(line));
}

const tolerances = (evidence: Evidence): LogMatch[] => [
  ...logExpectations(evidence),
  ...(evidence.scenario.allow ?? []),
];

/** A control run is the step once more. */
const isPlace = (match: LogMatch, at: { pattern: string; step?: string; machine: string }): boolean =>
  match.pattern === at.pattern &&
  (match.step === undefined || match.step === at.step || at.step === controlPrefix + match.step) &&
  (match.on === undefined || match.on === at.machine);
