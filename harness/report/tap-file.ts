import type { ReportFormat } from './formats.js';
import { tapLines } from './tap.js';
import { plannedCount } from './planned-count.js';
import { titleOf } from './run-facts.js';

/** As run.tap, which a killed run leaves without its end. */
export const tapFormat: ReportFormat = {
  file: 'report.tap',
  summary: 'TAP 14, as run.tap; a run that was cut off bails out',
  render: (loaded) => {
    const { results, state } = loaded.run;
    const points = results.map((result, n) => tapLines(n + 1, titleOf(result), result));
    const end = state === 'finished' ? '' : `Bail out! ${state}\n`;
    return `TAP version 14\n1..${plannedCount(loaded)}\n${points.join('')}${end}`;
  },
};
