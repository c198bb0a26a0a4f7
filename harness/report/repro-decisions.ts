import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { iommuOf, type DataExpectation } from '../scenario/scenario.js';
import type { Verdict } from '../verdict/check.js';
import { controlPrefix } from '../workload/control-steps.js';
import { wantedValues, type ShellValue } from './repro-values.js';

/** What is known of a run when its repro.sh is written. */
export type Judged = { evidence: Evidence; verdict: Verdict; values: ShellValue[] };

/** Behind an IOMMU addresses say nothing without the translations. */
export const decidedData = ({ scenario, machines }: Evidence): DataExpectation[] =>
  scenario.expect.filter(
    (e): e is DataExpectation =>
      e.type === 'data' &&
      !scenario.without.includes('ledger') &&
      machines.every(({ name }) => iommuOf(scenario.machines[name]) === undefined),
  );

/** What the harness decides and this script does not. */
export function undecidedOf({ evidence, values }: Judged): string[] {
  const { scenario } = evidence;
  const wanted = wantedValues(evidence).map(({ of }) => of);
  const known = new Set(values.map(({ of }) => of));
  // what the pools tell, too, and what an own test's exit code does
  const told = (of: string) =>
    of.endsWith('.pagesMissing') || known.has(of.replace(/\.\w+Tests$/, '.exitCode'));
  const samples = wanted.filter((of) => !known.has(of) && !told(of));
  const ratios = scenario.expect.filter((e) => e.type === 'ratio').map((e) => e.of);
  const allowed = [...new Set((scenario.allow ?? []).map(({ pattern }) => pattern))];
  const data = scenario.expect.filter((e) => e.type === 'data').length - decidedData(evidence).length;
  return [
    ...(samples.length > 0 ? [`the samples ${samples.join(', ')}`] : []),
    ...(ratios.length > 0 ? [`the ratios of ${ratios.join(', ')}`] : []),
    ...(data > 0 ? ['where data went behind an IOMMU'] : []),
    ...(allowed.length > 0
      ? [`lines of ${allowed.join(', ')} in the kernel log, some of which are allowed`]
      : []),
    'contents of BARs, the control run, references on devices, predicted paths',
  ];
}

/** Whether what failed in the run is something that this script decides, too. */
export function decidesFailure({ evidence, verdict, values }: Judged): boolean {
  const failed = verdict.checks.filter(({ ok }) => !ok);
  const names = new Set(
    values.flatMap(({ of }) => [of, of.replace('.', ': '), of.replace('.exitCode', ': failedTests')]),
  );
  const allowed = new Set((evidence.scenario.allow ?? []).map(({ pattern }) => pattern));
  // what the control run did is not done here
  const inControl = (step: string | undefined) => step?.startsWith(controlPrefix) === true;
  const foundInLog = evidence.machines.some(({ log }) =>
    log.findings.some(({ pattern, step }) => !allowed.has(pattern) && !inControl(step)),
  );
  const endsInSteps = evidence.end?.blame === 'kernel' && evidence.control.steps.length === 0;
  const commandFailed = (step: StepEvidence) => step.commands.some(({ exitCode }) => exitCode !== 0);
  const data = decidedData(evidence);
  return (
    foundInLog ||
    endsInSteps ||
    evidence.steps.some(commandFailed) ||
    failed.some(({ name }) => names.has(name) || / pool is /.test(name)) ||
    failed.some(({ name }) =>
      data.some(({ drive, steps }) => steps.some((s) => name.startsWith(`${s}: data of ${drive}`))),
    )
  );
}
