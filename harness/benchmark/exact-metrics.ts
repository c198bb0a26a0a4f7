import { sum } from 'simple-statistics';
import type { Measurement } from '../cost/measurement.js';
import type { BootCost } from './bench-document.js';

/**
 * Instructions per I/O of each step's I/O path, boot by boot; per MiB they have the same ratio, and the comparison by
 * function tells them. What any of the boots sets apart is in no sum of
 * any: a function that is in the sum of one boot and not of another would be taken for a change of cost.
 */
export function exactMetrics(boots: readonly (readonly BootCost[])[]): Measurement[][] {
  const apart = new Map<string, Set<string>>();
  for (const cost of boots.flat()) {
    const names = apart.get(keyOf(cost)) ?? new Set();
    for (const name of cost.apart) names.add(name);
    apart.set(keyOf(cost), names);
  }
  return boots.map((costs) => {
    const several = new Set(costs.map(({ machine }) => machine)).size > 1;
    return costs.map((cost) => measurementOf(cost, apart.get(keyOf(cost))!, several));
  });
}

const keyOf = ({ step, machine }: BootCost) => JSON.stringify([step, machine]);

function measurementOf(cost: BootCost, apart: ReadonlySet<string>, several: boolean): Measurement {
  const { step, machine, functions } = cost;
  const perIo = sum([
    0,
    ...Object.keys(functions).flatMap((name) => (apart.has(name) ? [] : functions[name]!)),
  ]);
  const metric = several ? `instructions of ${machine}/IO` : 'instructions/IO';
  return { metric, step, unit: '', value: perIo, kind: 'exact', better: 'less' };
}
