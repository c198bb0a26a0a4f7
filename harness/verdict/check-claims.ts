import { dipOf } from '../evidence/accounting.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

/**
 * What else must be seen when a step's data goes through a provider: its pool has less `available` meanwhile, and, if
 * the host can read the provider's memory, blocks of the step are found there as the drive has them.
 */
export function checkClaims({ scenario, steps }: Evidence): Check[] {
  return scenario.expect.flatMap((claim) => {
    if (claim.type !== 'data' || claim.through === 'none') return [];
    const meant = steps.filter(({ name }) => claim.steps.includes(name));
    return meant.flatMap((step) => [...dipCheck(step, claim.through), ...barCheck(step, claim.through)]);
  });
}

function dipCheck(step: StepEvidence, provider: string): Check[] {
  const dip = dipOf(step.accounting, provider);
  if (dip === undefined) return [];
  const samples = step.accounting.lowest?.[provider]?.samples ?? 0;
  return [
    {
      name: `${step.name}: available of ${provider} dips`,
      ok: dip > 0,
      want: 'a dip',
      got: `${dip} B in ${samples} samples`,
      blame: 'kernel',
      reason: `available of ${provider} never fell during step ${step.name}, in ${samples} samples`,
    },
  ];
}

function barCheck(step: StepEvidence, provider: string): Check[] {
  const seen = step.bars[provider];
  if (!seen) return [];
  const { found, matching, flaw } = seen;
  return [
    {
      name: `${step.name}: blocks in the memory of ${provider} are those of the disk`,
      ok: found > 0 && matching === found,
      want: 'blocks, all as on the disk',
      got: `${matching} of ${found} blocks as on the disk`,
      blame: 'kernel',
      reason: flaw
        ? `${provider}, step ${step.name}: ${flaw}`
        : `no block of step ${step.name} is in the memory of ${provider}`,
    },
  ];
}
