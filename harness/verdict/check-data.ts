import { sumByRegion, type Direction } from '../evidence/ledger.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { notAttributableRegion, ownCmbRegion, ramRegion } from '../evidence/region-map.js';
import { predictInCapsule } from '../plan/predict-capsule.js';
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
  return meant.flatMap((step) => {
    // to a claim of RAM a capsule is no exception: it ends there
    const inCapsule = expectation.through === 'none' ? 0 : predictInCapsule(step.name, scenario.steps);
    return [
      shareCheck(expectation, step, inCapsule),
      ...(inCapsule > 0 ? [capsuleCheck(expectation, step, inCapsule)] : []),
      ...movedCheck(expectation, step),
      ...commandsCheck(expectation, step),
      ...configReadsCheck(expectation, step),
    ];
  });
}

const notProven = ({ drive, steps }: DataExpectation): Check => ({
  name: `${steps.join(', ')}: where the data of ${drive} goes`,
  ok: false,
  want: 'a DMA ledger',
  got: 'none: it was switched off',
  blame: 'scenario',
  reason: `where the data of ${drive} went in ${steps.join(', ')} is not proven: the ledger was switched off`,
});

/** @param inCapsule bytes of the drive's data that are not expected there, but in RAM */
function shareCheck(
  { drive, through, atLeast }: DataExpectation,
  step: StepEvidence,
  inCapsule: number,
): Check {
  const region = through === 'none' ? ramRegion : through === drive ? ownCmbRegion : through;
  const byRegion = sumByRegion(Object.values(step.ledgers), { drive });
  const [inside, all] = [byRegion[region] ?? 0, Math.max(0, total(byRegion) - inCapsule)];
  const but = inCapsule === 0 ? '' : ` but ${inCapsule} B in capsules`;
  // what might be inside counts for nothing, but the kernel is not to blame for it
  const perhaps = inside + (byRegion[notAttributableRegion] ?? 0);
  const notProven = inside / all < atLeast && perhaps / all >= atLeast;
  const where =
    region === ramRegion ? 'RAM' : region === ownCmbRegion ? `${drive}'s own CMB` : `${region}'s BAR`;
  const got = all === 0 ? 'no data at all' : `${percent(inside / all)} (${showRegions(byRegion)})`;
  return {
    name: `${step.name}: data of ${drive} goes through ${where}`,
    ok: all > 0 && inside / all >= atLeast,
    want: `at least ${percent(atLeast)}${but}`,
    got,
    blame: notProven ? 'harness' : 'kernel',
    reason: `${notProven ? 'not proven: only ' : ''}${percent(all === 0 ? 0 : inside / all)} of ${drive}'s data${but} went through ${where} in step ${step.name}: ${showRegions(byRegion) || 'no NVMe command'}`,
  };
}

/** What the prediction leaves out of a claim must be where it says, or the claim was judged by the wrong whole. */
function capsuleCheck({ drive }: DataExpectation, step: StepEvidence, inCapsule: number): Check {
  const written = sumByRegion(Object.values(step.ledgers), { drive, direction: 'write' });
  const inRam = written[ramRegion] ?? 0;
  return {
    name: `${step.name}: writes in the command capsule go through RAM`,
    ok: inRam === inCapsule,
    want: `${inCapsule} B`,
    got: `${inRam} B`,
    blame: 'kernel',
    ...(inRam !== inCapsule && {
      reason: `${inCapsule} B of step ${step.name} were to travel in command capsules and so through RAM, ${drive} had ${inRam} B written from RAM`,
    }),
  };
}

/** Samples that tell bytes, and in which direction; a mixed workload tells both. */
const reported: [string, Direction?][] = [['bytes'], ['readBytes', 'read'], ['writeBytes', 'write']];

function movedCheck(expectation: DataExpectation, step: StepEvidence): Check[] {
  return reported.flatMap(([sample, direction]) => directionCheck(expectation, step, sample, direction));
}

function directionCheck(
  { drive }: DataExpectation,
  step: StepEvidence,
  sample: string,
  direction: Direction | undefined,
): Check[] {
  const claimed = step.samples.find(({ name }) => name === sample)?.value;
  if (typeof claimed !== 'number') return [];
  const moved = total(sumByRegion(Object.values(step.ledgers), { drive, direction }));
  const to = direction === undefined ? '' : ` (${direction})`;
  return [
    {
      name: `${step.name}: ${drive} moved what the workload reports${to}`,
      ok: moved >= claimed,
      want: `at least ${claimed} B`,
      got: `${moved} B`,
      blame: 'kernel',
      reason: `step ${step.name} reports ${claimed} B${to}, ${drive} moved ${moved} B: the rest never reached the drive`,
    },
  ];
}

/** Peer memory that is contiguous and I/O that is not split need no more commands than there are I/Os. */
function commandsCheck({ drive, commands }: DataExpectation, step: StepEvidence): Check[] {
  if (commands === undefined) return [];
  const got = Object.values(step.ledgers)
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.drive === drive)
    .reduce((sum, entry) => sum + entry.commands, 0);
  return [
    {
      name: `${step.name}: commands of ${drive}`,
      ok: got === commands,
      want: `${commands}`,
      got: `${got}`,
      blame: 'kernel',
      reason: `${drive} got ${got} commands in step ${step.name}, not ${commands}`,
    },
  ];
}

/** A path is looked for once, in the ports' ACS capabilities, and then known (drivers/pci/p2pdma.c, 6.12). */
function configReadsCheck({ configReads }: DataExpectation, { name, ledgers }: StepEvidence): Check[] {
  if (configReads === undefined) return [];
  const got = Object.values(ledgers).reduce((sum, ledger) => sum + (ledger.configReads ?? 0), 0);
  const ok = got === configReads;
  const reason = `PCI config space was read ${got} times in step ${name}, not ${configReads}`;
  return [
    {
      name: `${name}: reads of PCI config space`,
      ...{ ok, want: `${configReads}`, got: `${got}`, blame: 'kernel' },
      ...(!ok && { reason }),
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
