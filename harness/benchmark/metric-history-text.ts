import { listed } from '../report/comparison-text.js';
import { inertLine } from '../report/inert-text.js';
import { plainTable, shortened } from '../report/plain-table.js';
import { roundedPercent } from './comparison.js';
import type { MetricEntry } from './metric-history.js';

const day = (at: string): string => at.slice(0, 10);

/**
 * `last … now` of each metric that repeats: of a clock the host of that day would be compared as well.
 * @param earlier what was remembered before
 * @param now what is to be remembered of the bench that ended
 */
export function lastText(earlier: readonly MetricEntry[], now: readonly MetricEntry[]): string | undefined {
  const told = now
    .filter(({ kind }) => kind !== 'wall')
    .flatMap((entry) => {
      const last = earlier.findLast(
        ({ title, metric, bench }) =>
          title === entry.title && metric === entry.metric && bench !== entry.bench,
      );
      return last === undefined ? [] : [listed(lineOf(last, entry))];
    });
  return told.length === 0 ? undefined : `Last ... now:\n${[...new Set(told)].join('\n')}`;
}

function lineOf(last: MetricEntry, { metric, value, kernel }: MetricEntry): string {
  const change = last.value > 0 ? `, ${signedPercent(value / last.value)}` : '';
  const was = `${last.value} (${day(last.at)}, ${last.kernel})`;
  return inertLine(`${metric}: ${was} ... ${value} (${kernel})${change}`);
}

const signedPercent = (ratio: number): string => {
  const change = roundedPercent(ratio);
  return `${change > 0 ? '+' : ''}${change} %`;
};

/** Oldest first, with a bar from 0 to the largest: a plot for a terminal. */
export function historyText(entries: readonly MetricEntry[]): string {
  const titles = [...new Set(entries.map(({ title, metric }) => JSON.stringify([title, metric])))];
  return titles
    .map((key) => {
      const [title, metric] = JSON.parse(key) as [string, string];
      const some = entries.filter((entry) => entry.title === title && entry.metric === metric);
      const { unit, better, kind } = some[0]!;
      const largest = Math.max(...some.map(({ value }) => value));
      const rows = some.map(({ at, kernel, n, value }) => [
        at.slice(0, 16).replace('T', ' '),
        shortened(inertLine(kernel), 24),
        `${n}`,
        `${value}`,
        bar(value, largest),
      ]);
      const warning = kind === 'wall' ? '\nby a clock: another day on this host is not comparable' : '';
      const head = `${inertLine(title)}: ${inertLine(metric)}${unit === '' ? '' : `, ${inertLine(unit)}`} (${better} is better)`;
      return `${head}${warning}\n${plainTable(['', 'kernel', 'n', 'median', ''], rows)}`;
    })
    .join('\n\n');
}

const barColumns = 14;

const bar = (value: number, largest: number): string =>
  largest > 0 ? '#'.repeat(Math.max(1, Math.round((value / largest) * barColumns))) : '';
