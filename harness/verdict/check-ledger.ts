import { sumByRegion, type Ledger } from '../evidence/ledger.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { notAttributableRegion, refusedRegion, unknownRegion } from '../evidence/region-map.js';
import { isTolerable } from './check-log-matches.js';
import type { Check } from './check.js';

/** The ledger of every step is whole, every address of it could be followed, and none belongs to nothing. */
export function checkLedger(evidence: Evidence): Check[] {
  return evidence.steps.flatMap((step) =>
    [wholeCheck(step), ...attributedCheck(step), ...refusedChecks(step, evidence), knownCheck(step)].filter(
      (c) => !c.ok || hasCommands(step),
    ),
  );
}

const ledgersOf = (step: StepEvidence): Ledger[] => Object.values(step.ledgers);
const hasCommands = (step: StepEvidence) => ledgersOf(step).some(({ entries }) => entries.length > 0);

function wholeCheck(step: StepEvidence): Check {
  const commandBytes = ledgersOf(step)
    .flatMap((l) => l.entries)
    .reduce((sum, e) => sum + e.commandBytes, 0);
  const mapped = total(sumByRegion(ledgersOf(step)));
  return {
    name: `${step.name}: the ledger is whole`,
    ok: mapped === commandBytes,
    want: `an address for each of ${commandBytes} B`,
    got: `addresses of ${mapped} B`,
    blame: 'harness',
    reason: `the DMA trace tells addresses of ${mapped} B only, of ${commandBytes} B that the drives moved in step ${step.name}`,
  };
}

/** Only where there is something to tell: without an IOMMU every address is followed. */
function attributedCheck(step: StepEvidence): Check[] {
  const lost = sumByRegion(ledgersOf(step))[notAttributableRegion] ?? 0;
  if (lost === 0) return [];
  const first = ledgersOf(step)
    .flatMap((l) => l.entries)
    .find(({ unattributed }) => unattributed !== undefined);
  return [
    {
      name: `${step.name}: every address can be attributed`,
      ok: false,
      want: 'a translation of every address',
      got: `none for ${lost} B`,
      blame: 'harness',
      reason: `${lost} B of step ${step.name} cannot be attributed: no translation of drive ${first?.drive}'s address ${first?.unattributed}`,
    },
  ];
}

/** Not where the scenario expects or allows the kernel to tell of it. */
function refusedChecks(step: StepEvidence, evidence: Evidence): Check[] {
  return Object.entries(step.ledgers).flatMap(([machine, ledger]) => {
    const refused = sumByRegion([ledger])[refusedRegion] ?? 0;
    if (refused === 0) return [];
    return [
      {
        name: `${step.name}: the IOMMU of ${machine} lets its drives reach their data`,
        ok: isTolerable({ pattern: 'iommu-fault', step: step.name, machine }, evidence),
        want: 'no fault, or one that is expected',
        got: `${refused} B refused`,
        blame: 'kernel',
        reason: `the IOMMU of ${machine} refused its drives' access to ${refused} B of step ${step.name}`,
      },
    ];
  });
}

function knownCheck(step: StepEvidence): Check {
  const unknown = sumByRegion(ledgersOf(step))[unknownRegion] ?? 0;
  return {
    name: `${step.name}: every address is RAM or a BAR`,
    ok: unknown === 0,
    want: '0 B elsewhere',
    got: `${unknown} B elsewhere`,
    blame: 'kernel',
    reason: `${unknown} B of step ${step.name} went to addresses that are neither RAM nor any BAR`,
  };
}

export const total = (byRegion: Record<string, number>): number =>
  Object.values(byRegion).reduce((a, b) => a + b, 0);
