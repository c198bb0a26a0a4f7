import * as Plot from '@observablehq/plot';
import { inertValue } from '../report/html/inert-value.js';
import { colour } from '../report/html/palette.js';
import { alone, plotSvg } from '../report/html/plot-svg.js';
import type { MetricEntry } from './metric-history.js';

/** Kernels are told apart by shape: names of Plot, and the same as text for the legend. */
const shapes = [
  ['circle', '●'],
  ['triangle', '▲'],
  ['square', '■'],
  ['diamond', '◆'],
  ['star', '★'],
  ['cross', '✚'],
] as const;
const shapeOf = (n: number) => shapes[n % shapes.length]!;

const plotHeight = 260;
const rowHeight = 16;

/** A dot for each bench, a line and a shape for each kernel: an SVG file of its own. */
export function historyChart(entries: readonly MetricEntry[]): string {
  const all = inertValue(entries);
  const { metric, unit, title } = all[0]!;
  const named = unit === '' ? metric : `${metric}, ${unit}`;
  const kernels = [...new Set(all.map(({ kernel }) => kernel))];
  const points = all.map(({ at, value, kernel }) => ({ at: new Date(at), value, kernel }));
  const values = points.map(({ at, value, kernel }) => `${at.toISOString().slice(0, 16)} ${kernel} ${value}`);
  const legend = kernels.map((kernel, n) =>
    Plot.text([`${shapeOf(n)[1]} ${kernel}`], {
      ...{ frameAnchor: 'bottom-left', dx: 0, dy: 48 + n * rowHeight, textAnchor: 'start' },
      fill: 'currentColor',
    }),
  );
  const svg = plotSvg(`${title}, ${named}: ${values.join('; ')}`, {
    ...{ width: 720, height: plotHeight + kernels.length * rowHeight },
    ...{ marginLeft: 72, marginRight: 24, marginTop: 28, marginBottom: 44 + kernels.length * rowHeight },
    x: { type: 'utc', label: null, ticks: 6 },
    y: { domain: domainOf(points), label: `${named} (the axis does not begin at 0)`, ticks: 5 },
    symbol: { domain: kernels, range: kernels.map((_, n) => shapeOf(n)[0]) as never },
    marks: [
      Plot.gridY({ stroke: colour('line'), strokeOpacity: 1, ticks: 5 }),
      Plot.line(points, { x: 'at', y: 'value', z: 'kernel', stroke: colour('soft'), strokeWidth: 1 }),
      Plot.dot(points, { x: 'at', y: 'value', symbol: 'kernel', r: 4, fill: colour('step') }),
      ...legend,
    ],
  });
  return alone(svg);
}

/** With room around the values, and at least a twentieth of them high: noise is not to look like a cliff. */
function domainOf(points: readonly { value: number }[]): [number, number] {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) / 5, (high || 1) / 40);
  return [low - room, high + room];
}
