import { isProvider } from '../../scenario/scenario.js';
import type { ResultView } from './read-result-views.js';

/** Ids that may lend memory, in the order of the scenario; without evidence those that the ledger names. */
export function providersOf({ evidence, result }: Pick<ResultView, 'evidence' | 'result'>): string[] {
  const placed = evidence?.machines.flatMap(({ planned }) => planned.devices) ?? [];
  const ids = placed.filter(({ device }) => isProvider(device)).map(({ id }) => id);
  const told = result.evidence.steps.flatMap(({ bytesByRegion, dipBytes }) => [
    ...Object.keys(dipBytes),
    ...Object.keys(bytesByRegion).filter((region) => region !== 'ram' && /^\w+$/.test(region)),
  ]);
  return [...new Set(ids.length > 0 ? ids : told)];
}
