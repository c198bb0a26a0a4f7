import * as Plot from '@observablehq/plot';
import { colour } from '../report/html/palette.js';
import { inertValue } from '../report/html/inert-value.js';
import { alone, plotSvg } from '../report/html/plot-svg.js';
import type { MetricEntry } from './metric-history.js';

const symbols = ['circle', 'triangle', 'square', 'diamond', 'star', 'cross'];

/** A dot for each bench, a line and a shape for each kernel: an SVG file of its own. */
export function historyChart(entries: readonly MetricEntry[]): string {
  const { metric, unit, title } = inertValue(entries[0]!);
  const kernels = [...new Set(entries.map(({ kernel }) => kernel))];
  const points = inertValue(entries).map(({ at, value, kernel }) => ({ at: new Date(at), value, kernel }));
  const largest = Math.max(...points.map(({ value }) => value));
  const values = points.map(({ at, value, kernel }) => `${at.toISOString().slice(0, 16)} ${kernel} ${value}`);
  const label = `${title}, ${metric}${unit === '' ? '' : ` in ${unit}`}: ${values.join('; ')}`;
  const names = inertValue(kernels);
  const svg = plotSvg(label, {
    ...{ width: 720, height: 300, marginLeft: 72, marginRight: 200, marginTop: 28, marginBottom: 32 },
    x: { type: 'utc', label: null, ticks: 6 },
    y: { domain: [0, largest * 1.05 || 1], label: `${metric}${unit === '' ? '' : `, ${unit}`}`, ticks: 5 },
    symbol: { domain: names, range: names.map((_, n) => symbols[n % symbols.length]!) as never },
    marks: [
      Plot.gridY({ stroke: colour('line'), strokeOpacity: 1, ticks: 5 }),
      Plot.line(points, { x: 'at', y: 'value', z: 'kernel', stroke: colour('soft'), strokeWidth: 1 }),
      Plot.dot(points, { x: 'at', y: 'value', symbol: 'kernel', r: 4, fill: colour('step') }),
      Plot.text(
        points,
        Plot.selectLast({
          ...{ x: 'at', y: 'value', z: 'kernel', text: 'kernel', dx: 10, textAnchor: 'start' },
          fill: 'currentColor',
        }),
      ),
    ],
  });
  return alone(svg);
}
