import { sumByRegion } from '../evidence/ledger.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { notAttributableRegion, ownCmbRegion, ramRegion } from '../evidence/region-map.js';
import type { DataExpectation } from '../scenario/scenario.js';
import type { Check } from './check.js';
import { total } from './check-ledger.js';

/**
 * Where a step's data went: the share of the drive's data bytes in the wanted region, and that the drive moved at
 * least what the workload says it did, so that a share of too little proves nothing.
 */
export function checkData(expectation: DataExpectation, { scenario, steps }: Evidence): Check[] {
  if (scenario.without.includes('ledger')) return [notProven(expectation)];
  const meant = steps.filter(({ name }) => expectation.steps.includes(name));
  return meant.flatMap((step) => [shareCheck(expectation, step), ...movedCheck(expectation, step)]);
}

const notProven = ({ drive, steps }: DataExpectation): Check => ({
  name: `${steps.join(', ')}: where the data of ${drive} goes`,
  ok: false,
  want: 'a DMA ledger',
  got: 'none: it was switched off',
  blame: 'scenario',
  reason: `where the data of ${drive} went in ${steps.join(', ')} is not proven: the ledger was switched off`,
});

function shareCheck({ drive, through, atLeast }: DataExpectation, step: StepEvidence): Check {
  const region = through === 'none' ? ramRegion : through === drive ? ownCmbRegion : through;
  const byRegion = sumByRegion(Object.values(step.ledgers), { drive });
  const [inside, all] = [byRegion[region] ?? 0, total(byRegion)];
  // what might be inside counts for nothing, but the kernel is not to blame for it
  const perhaps = inside + (byRegion[notAttributableRegion] ?? 0);
  const notProven = inside / all < atLeast && perhaps / all >= atLeast;
  const where =
    region === ramRegion ? 'RAM' : region === ownCmbRegion ? `${drive}'s own CMB` : `${region}'s BAR`;
  const got = all === 0 ? 'no data at all' : `${percent(inside / all)} (${showRegions(byRegion)})`;
  return {
    name: `${step.name}: data of ${drive} goes through ${where}`,
    ok: all > 0 && inside / all >= atLeast,
    want: `at least ${percent(atLeast)}`,
    got,
    blame: notProven ? 'harness' : 'kernel',
    reason: `${notProven ? 'not proven: only ' : ''}${percent(all === 0 ? 0 : inside / all)} of ${drive}'s data went through ${where} in step ${step.name}: ${showRegions(byRegion) || 'no NVMe command'}`,
  };
}

function movedCheck({ drive }: DataExpectation, step: StepEvidence): Check[] {
  const claimed = step.samples.find(({ name }) => name === 'bytes')?.value;
  if (typeof claimed !== 'number') return [];
  const moved = total(sumByRegion(Object.values(step.ledgers), { drive }));
  return [
    {
      name: `${step.name}: ${drive} moved what the workload reports`,
      ok: moved >= claimed,
      want: `at least ${claimed} B`,
      got: `${moved} B`,
      blame: 'kernel',
      reason: `step ${step.name} reports ${claimed} B, ${drive} moved ${moved} B: the rest never reached the drive`,
    },
  ];
}

/** Cut, not rounded: 99.99 % must never be shown as 100 %. */
const percent = (share: number) => `${Math.floor(share * 10_000) / 100} %`;

const showRegions = (byRegion: Record<string, number>) =>
  Object.entries(byRegion)
    .sort(([, a], [, b]) => b - a)
    .map(([region, bytes]) => `${region} ${bytes} B`)
    .join(', ');
