import * as Plot from '@observablehq/plot';
import { leftMargin } from './ledger-chart.js';
import { colour } from './palette.js';
import { plotSvg } from './plot-svg.js';
import type { Rate } from './rates.js';

/** A dot for each median, a line from the lowest to the highest of several samples, and a ring for base. A page has room for names of some length only. */
export function throughputChart(rates: readonly Rate[], { wholeNames = false } = {}): string | undefined {
  if (rates.length === 0) return undefined;
  const names = rates.map(({ name }) => name);
  const marginLeft = wholeNames
    ? 16 + 6.4 * Math.max(...names.map((name) => name.length))
    : leftMargin(names);
  const spread = rates.filter(({ samples }) => samples.length > 1);
  const before = rates.filter(({ base }) => base !== undefined);
  const label = `Throughput in MB/s: ${rates.map(words).join('; ')}`;
  return plotSvg(label, {
    width: marginLeft + (wholeNames ? 460 : 640 - marginLeft),
    height: 44 + names.length * 18,
    marginLeft,
    marginTop: 4,
    marginBottom: 36,
    marginRight: 110,
    x: {
      domain: [0, Math.max(...rates.flatMap((r) => [...r.samples, r.base ?? 0])) || 1],
      label: 'MB/s',
      labelOffset: 32,
      tickSize: 0,
      ticks: 5,
    },
    y: { domain: names, label: null, tickSize: 0, padding: 0.4 },
    marks: [
      Plot.gridX({ stroke: colour('line'), strokeOpacity: 1, ticks: 5 }),
      Plot.ruleY(rates, { y: 'name', x1: 0, x2: 'median', stroke: colour('line'), strokeWidth: 1 }),
      Plot.ruleY(spread, {
        y: 'name',
        x1: (r: Rate) => Math.min(...r.samples),
        x2: (r: Rate) => Math.max(...r.samples),
        stroke: colour('step'),
        strokeWidth: 3,
        strokeOpacity: 0.5,
      }),
      Plot.dot(before, { y: 'name', x: 'base', r: 4.5, stroke: colour('soft'), strokeWidth: 1.5 }),
      Plot.dot(rates, { y: 'name', x: 'median', r: 3.5, fill: colour('step') }),
      Plot.text(rates, {
        y: 'name',
        x: (r: Rate) => Math.max(...r.samples, r.base ?? 0),
        text: (r: Rate) => (r.base === undefined ? `${r.median}` : `${r.median}, base ${r.base}`),
        dx: 9,
        textAnchor: 'start',
        fill: 'currentColor',
      }),
    ],
  });
}

function words({ name, median, samples, base }: Rate): string {
  const interval =
    samples.length > 1 ? ` (${Math.min(...samples)} to ${Math.max(...samples)}, n=${samples.length})` : '';
  return `${name} ${median}${interval}${base === undefined ? '' : `, base ${base}`}`;
}
