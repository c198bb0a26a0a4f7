import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import type { HistoryEntry } from './history.js';
import { median } from './expected-seconds.js';

const lastRuns = 10;

/**
 * How many processors a variant's QEMUs keep busy on average, as it passed here on this kernel before; undefined of one
 * of which that is not known. A guest waits for much: for its drives, or in fio before each job. The time is that of the
 * shortest run, since others may have waited for processors.
 * @param kernel a name, as results have it
 */
export function expectedProcessors(
  scenario: Scenario,
  history: readonly HistoryEntry[],
  kernel: string,
): number | undefined {
  const title = scenarioTitle(scenario.name, scenario.variant);
  const runs = history
    .filter((entry) => entry.title === title && entry.kernel === kernel)
    .flatMap(({ processorSeconds, wallMs }) => (processorSeconds ? [{ processorSeconds, wallMs }] : []))
    .slice(-lastRuns);
  if (runs.length === 0) return undefined;
  const seconds = median(runs.map(({ processorSeconds }) => processorSeconds));
  return seconds / (Math.min(...runs.map(({ wallMs }) => wallMs)) / 1e3);
}
