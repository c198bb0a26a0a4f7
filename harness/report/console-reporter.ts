import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../common/size.js';
import { comparisonTable } from './comparison-table.js';
import { inertLine } from './inert-text.js';
import type { Reporter, RunEvent } from './reporter.js';
import { paint, resultTable } from './result-table.js';
import type { Result, RunDocument } from './run-document.js';
import { bootText, disputeText } from './run-facts.js';

const shownReasons = 5;

/** Plain lines for a terminal or a CI log: one as each thing ends, then the table. Live progress is another reporter's. */
export function consoleReporter(write: (text: string) => void, colors: Colors): Reporter {
  let number = 0;
  let count = 0;
  let kernels: RunDocument['kernels'] = [];
  return {
    name: 'console',
    on(event: RunEvent) {
      if (event.type === 'prepared') write(`${event.subject}: ${inertLine(event.what)}\n`);
      if (event.type === 'started') {
        count = event.count;
        const { host } = event.run;
        kernels = event.run.kernels;
        const names = inertLine(kernels.map(({ name }) => name).join(' and '));
        write(`${count} scenario variants on ${names} (${host.accelerator}), results in ${event.dir}\n`);
      }
      if (event.type === 'finished')
        write(resultLines(`${++number}/${count}`, event.title, event.result, colors));
      if (event.type === 'ended') write(summary(event, kernels, colors));
    },
  };
}

function resultLines(number: string, title: string, result: Result, colors: Colors): string {
  const { outcome, reasons, phases } = result;
  const times = [phases.wallMs === undefined ? undefined : formatDuration(phases.wallMs), bootText(result)];
  const took = times.some(Boolean) ? ` (${times.filter(Boolean).join(', ')})` : '';
  const dispute = disputeText(result);
  const again = dispute === undefined ? '' : `    ${dispute}\n`;
  const shown = reasons.slice(0, shownReasons).map((reason) => `    ${inertLine(reason)}\n`);
  const more =
    reasons.length > shownReasons ? `    and ${reasons.length - shownReasons} more in run.json\n` : '';
  return `${number} ${paint(outcome, colors)(outcome)} ${inertLine(title)}${took}\n${again}${shown.join('')}${more}`;
}

function summary(
  { dir, state, results }: Extract<RunEvent, { type: 'ended' }>,
  kernels: RunDocument['kernels'],
  colors: Colors,
): string {
  const counts = (['pass', 'fail', 'broken', 'skip'] as const)
    .map((outcome) => ({ outcome, n: results.filter((r) => r.outcome === outcome).length }))
    .filter(({ n }) => n > 0)
    .map(({ outcome, n }) => paint(outcome, colors)(`${n} ${outcome}`));
  const table = results.length > 0 ? `\n${resultTable(results, colors)}\n` : '';
  const compared = comparisonTable(results, kernels);
  const cut = state === 'finished' ? '' : ` (${state} before the end)`;
  return `${table}${compared ? `\n${compared}\n` : ''}\n${counts.join(', ') || 'nothing ran'}${cut}\nrun folder: ${dir}\n`;
}
