import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import type { KernelLog, LogFinding } from '../evidence/kernel-log.js';
import { checkLogExpectation, isTolerated, logExpectations, untolerated } from './check-log-matches.js';
import type { Check } from './check.js';

/**
 * No machine's console log tells of trouble, other than what the scenario expects or allows; and what it expects is
 * there.
 */
export function checkLog(evidence: Evidence): Check[] {
  const clean = evidence.machines.map((machine) => checkClean(machine, evidence));
  return [...clean, ...logExpectations(evidence).flatMap((e) => checkLogExpectation(e, evidence))];
}

function checkClean(machine: MachineEvidence, evidence: Evidence): Check {
  const { name, log } = machine;
  const findings = log.findings.filter((finding) => !isTolerated({ finding, machine: name }, evidence));
  const more = untolerated(machine, evidence);
  const [first] = findings;
  return {
    name: `${name}: kernel log is clean`,
    ok: first === undefined && more === 0,
    want: 'no line that tells of trouble',
    got: first
      ? `${findings.length + more}, the first in line ${first.line}: ${first.text}`
      : more > 0
        ? `${more} that were counted only`
        : 'none',
    blame: first && isClockTrouble(first, log) ? 'host' : 'kernel',
    reason: first
      ? findingReason(first, evidence.machines.length > 1 ? name : undefined) + clockRemark(first, log)
      : `${more} lines of trouble in the console log of ${name} were too many to be compared with what is allowed`,
  };
}

/** Findings that only mean that something took long by the guest's clock. */
const byTheClock: readonly string[] = ['rcu-stall', 'soft-lockup', 'hard-lockup', 'hung-task'];

/** A guest that miscalibrated its clock on a loaded host sees stalls where there are none. */
const isClockTrouble = ({ pattern }: LogFinding, { clockDoubt }: KernelLog): boolean =>
  clockDoubt !== undefined && byTheClock.includes(pattern);

const clockRemark = (finding: LogFinding, log: KernelLog): string =>
  isClockTrouble(finding, log) ? `; but its clock was miscalibrated on a loaded host: ${log.clockDoubt}` : '';

/** `WARNING in p2pmem_free (drivers/pci/p2pdma.c:212) during step write, console line 345` */
export function findingReason({ title, text, where, step, line }: LogFinding, machine?: string): string {
  const place = where === undefined ? '' : ` (${where})`;
  const during = step === undefined ? '' : ` during step ${step}`;
  return `${title || text}${place}${during}, console line ${line}${machine === undefined ? '' : ` of ${machine}`}`;
}
