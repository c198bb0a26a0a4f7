import { dipOf } from '../evidence/accounting.js';
import { sumByRegion } from '../evidence/ledger.js';
import type { Evidence, MachineEvidence, StepEvidence } from '../evidence/evidence.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Verdict } from '../verdict/check.js';
import type { Result } from './run-document.js';

type Extra = {
  kernel: string;
  wallMs: number;
  artifacts: string[];
  /** What came of it on a boot that it shared, when it was run again. */
  sharedBoot?: Result['sharedBoot'];
};

/** A variant's entry in run.json; `control-` steps stand behind the scenario's own. */
export function makeResult(
  evidence: Evidence,
  verdict: Verdict,
  { kernel, wallMs, artifacts, sharedBoot = evidence.sharedBoot }: Extra,
): Result {
  const { scenario, machines, steps } = evidence;
  const [first] = machines;
  const peaks = byMachine(machines, 'peakMemoryBytes');
  const processorSeconds = byMachine(machines, 'processorSeconds');
  return {
    scenario: scenario.name,
    variant: scenario.variant,
    kernel,
    outcome: verdict.outcome,
    reasons: verdict.reasons,
    controls: evidence.control.state,
    ...(sharedBoot && { sharedBoot }),
    phases: { ...timed({ bootMs: first?.bootMs, sshMs: first?.sshMs }), wallMs: Math.round(wallMs) },
    ...(peaks && { peakMemoryBytes: peaks }),
    ...(processorSeconds && { processorSeconds }),
    checks: verdict.checks.map(({ name, ok, want, got }) => ({ name, ok, want, got })),
    metrics: steps.flatMap(metricsOf),
    evidence: {
      dma: { bytesByRegion: bytesOfClaims(evidence) },
      steps: [...steps, ...evidence.control.steps].map(stepEntry),
      findings: machines.flatMap(findingEntries),
    },
    comparison: comparisonOf(evidence, verdict),
    artifacts,
  };
}

/** What is known of machines, by their names; undefined when it is of none. */
function byMachine(
  machines: readonly MachineEvidence[],
  what: 'peakMemoryBytes' | 'processorSeconds',
): Record<string, number> | undefined {
  const known = machines.flatMap((machine) => {
    const value = machine[what];
    return value === undefined ? [] : [[machine.name, value] as const];
  });
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}

function findingEntries({ name: machine, log }: MachineEvidence): Result['evidence']['findings'] {
  return log.findings.map(({ pattern, title, fingerprint, where, step, line, file }) => {
    return { machine, pattern, title, fingerprint, where, step, line, file };
  });
}

function stepEntry({ name, kind, machine, ms, ledgers, accounting }: StepEvidence) {
  const dips = Object.keys(accounting.lowest ?? {}).map((id) => [id, dipOf(accounting, id) ?? 0] as const);
  const bytesByRegion = sumByRegion(Object.values(ledgers));
  const transfers = Object.entries(ledgers).flatMap(([issuer, { entries }]) =>
    entries.map(({ drive, direction, commands, bytesByRegion: regions }) => {
      return { machine: issuer, drive, direction, commands, bytesByRegion: regions };
    }),
  );
  return { name, kind, machine, ms, dipBytes: Object.fromEntries(dips), bytesByRegion, transfers };
}

/** A variant that was not run, because something it needs is not here. */
export const skippedResult = (scenario: Scenario, kernel: string, reasons: string[]): Result => ({
  scenario: scenario.name,
  variant: scenario.variant,
  kernel,
  outcome: 'skip',
  reasons,
  controls: 'not-needed',
  phases: {},
  checks: [],
  metrics: [],
  evidence: { dma: { bytesByRegion: {} }, steps: [], findings: [] },
  comparison: [],
  artifacts: [],
});

/** Of the steps and drives that data expectations name; of all steps when there are none. */
function bytesOfClaims({ scenario, steps }: Evidence): Record<string, number> {
  const claims = scenario.expect.filter((e) => e.type === 'data');
  if (claims.length === 0) return sumByRegion(steps.flatMap((step) => Object.values(step.ledgers)));
  const sums: Record<string, number> = {};
  for (const { name, ledgers } of steps) {
    const drives = new Set(claims.filter((c) => c.steps.includes(name)).map((c) => c.drive));
    for (const drive of drives) {
      for (const [region, bytes] of Object.entries(sumByRegion(Object.values(ledgers), { drive })))
        sums[region] = (sums[region] ?? 0) + bytes;
    }
  }
  return sums;
}

/** A property whose step is of other variants only has no value here. */
function comparisonOf({ scenario, steps }: Evidence, { outcome }: Verdict): Result['comparison'] {
  return (scenario.compare ?? []).flatMap(({ property, of }) => {
    if (of === 'outcome') return [{ property, value: outcome }];
    const step = steps.find(({ name }) => of.startsWith(`${name}.`));
    const sample = step?.samples.find(({ name }) => of === `${step.name}.${name}`);
    if (!sample) return [];
    return [{ property, value: `${sample.value}${sample.unit === undefined ? '' : ` ${sample.unit}`}` }];
  });
}

const metricsOf = ({ name: step, samples }: StepEvidence): Result['metrics'] =>
  samples.flatMap(({ name, value, unit = '', better }) =>
    better && typeof value === 'number' ? [{ name: `${step}.${name}`, value, unit, better }] : [],
  );

const timed = (phases: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(phases).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
