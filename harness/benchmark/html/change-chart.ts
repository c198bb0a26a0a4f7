import * as Plot from '@observablehq/plot';
import { colour, type Colour } from '../../report/html/palette.js';
import { leftMargin } from '../../report/html/ledger-chart.js';
import { plotSvg } from '../../report/html/plot-svg.js';
import { nameOf } from '../compare-boots.js';
import type { Comparison, Verdict } from '../comparison.js';

const colours: Record<Verdict, Colour> = { worse: 'fail', better: 'pass', unclear: 'skip', same: 'soft' };
const symbols: Record<Verdict, string> = {
  worse: 'triangle',
  better: 'diamond',
  unclear: 'circle',
  same: 'square',
};

const axis = { label: 'head against base, %', labelOffset: 32, labelArrow: 'none' } as const;

type Row = { name: string; estimate: number; low: number; high: number; noise: number; verdict: Verdict };

/**
 * Head against base in percent, a row for each metric that has an interval: the interval as a line, the estimate as a mark
 * whose shape is the verdict, and behind it how far boots of one side are apart.
 * @returns undefined when no metric has an interval
 */
export function changeChart(comparisons: readonly Comparison[]): string | undefined {
  const rows = comparisons.flatMap((comparison): Row[] => {
    const { change, noise = 0, verdict } = comparison;
    return change ? [{ name: nameOf(comparison), noise, verdict, ...change }] : [];
  });
  if (rows.length === 0) return undefined;
  const names = rows.map(({ name }) => name);
  const marginLeft = leftMargin(names);
  return plotSvg(`Change in percent: ${rows.map(words).join('; ')}`, {
    ...{ width: 640, height: 44 + rows.length * 22 },
    ...{ marginLeft, marginTop: 4, marginBottom: 36, marginRight: 24 },
    x: { ...axis, labelAnchor: 'center', tickSize: 0, ticks: 5, nice: true },
    y: { domain: names, label: null, tickSize: 0, padding: 0.35 },
    symbol: { domain: Object.keys(symbols), range: Object.values(symbols) as never },
    marks: [
      Plot.gridX({ stroke: colour('line'), strokeOpacity: 1, ticks: 5 }),
      Plot.barX(rows, { y: 'name', x1: (r: Row) => -r.noise, x2: 'noise', fill: colour('raised') }),
      Plot.ruleX([0], { stroke: colour('soft') }),
      Plot.ruleY(rows, {
        ...{ y: 'name', x1: 'low', x2: 'high', strokeWidth: 2 },
        stroke: (r: Row) => colour(colours[r.verdict]),
      }),
      Plot.dot(rows, {
        ...{ y: 'name', x: 'estimate', r: 4.5, symbol: 'verdict' },
        fill: (r: Row) => colour(colours[r.verdict]),
      }),
    ],
  });
}

const words = ({ name, estimate, low, high, verdict }: Row): string =>
  `${name} ${estimate} (${low} to ${high}), ${verdict}`;
