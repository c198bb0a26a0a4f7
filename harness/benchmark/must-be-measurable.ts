import { HarnessError } from '../common/errors.js';
import type { Measurement } from '../cost/measurement.js';
import type { Scenario } from '../scenario/scenario.js';

/** @throws HarnessError(scenario) when a scenario has no step of which such metrics are known */
export function mustBeMeasurable(
  { name, steps }: Pick<Scenario, 'name' | 'steps'>,
  kinds: readonly Measurement['kind'][],
): void {
  const measurable = kinds.includes('wall') ? ['fio', 'p2pmem-time'] : ['fio'];
  if (steps.some(({ kind }) => measurable.includes(kind))) return;
  throw new HarnessError(
    'scenario',
    `${name} has nothing to measure: no step is ${measurable.join(' or ')}`,
    {
      remedy: 'choose a scenario of: p2plab list --tag bench',
    },
  );
}
