import * as Plot from '@observablehq/plot';
import type { Span } from './phase-spans.js';
import { leftMargin } from './ledger-chart.js';
import { colour } from './palette.js';
import { plotSvg } from './plot-svg.js';

const width = 640;

/** Phases and steps as bars from left to right; undefined when nothing is known of them. */
export function timelineChart(spans: readonly Span[]): string | undefined {
  if (spans.length === 0) return undefined;
  // a phase of which there are two (of two boots) has two bars in two rows
  const rows = spans.map((span, i) => ({ ...span, row: i }));
  const label = `Timeline in seconds: ${rows.map((r) => `${r.name} ${seconds(r.from)} to ${seconds(r.to)}`).join('; ')}`;
  return plotSvg(label, {
    width,
    height: 44 + rows.length * 16,
    marginLeft: leftMargin(rows.map(({ name }) => name)),
    marginTop: 4,
    marginBottom: 36,
    x: { ...timeAxis(spans), label: 'seconds', labelOffset: 32, tickSize: 0 },
    y: {
      domain: rows.map(({ row }) => row),
      tickFormat: (row: number) => rows[row]!.name,
      label: null,
      tickSize: 0,
      padding: 0.25,
    },
    marks: [
      Plot.gridX({ stroke: colour('line'), strokeOpacity: 1 }),
      Plot.barX(rows, {
        x1: ({ from }: Span) => from / 1000,
        x2: ({ to }: Span) => to / 1000,
        y: 'row',
        fill: ({ kind }: Span) => colour(kind),
      }),
    ],
  });
}

/** From the first phase to the end of the last; both charts of a result have it, so that they can be read together. */
export const timeAxis = (spans: readonly Span[]) => ({
  domain: [0, Math.max(0.001, ...spans.map(({ to }) => to)) / 1000],
});

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
