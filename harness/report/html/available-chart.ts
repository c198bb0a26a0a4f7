import * as Plot from '@observablehq/plot';
import type { Evidence } from '../../evidence/evidence.js';
import { formatSize } from '../../common/size.js';
import { leftMargin } from './ledger-chart.js';
import { colour, regionColour } from './palette.js';
import type { Span } from './phase-spans.js';
import { plotSvg } from './plot-svg.js';
import { timeAxis } from './timeline-chart.js';

/** `available` of a pool in a step: the moment of the lowest value is not recorded, so it stands for the whole step. */
type Level = { pool: string; from: number; to: number; before: number; lowest: number; size: number };

/** Pools of which something was allocated while it was sampled, in shares of their size; undefined when there is none. */
export function availableChart(
  { steps, control }: Evidence,
  { spans, providers }: { spans: readonly Span[]; providers: readonly string[] },
): string | undefined {
  const all = [...steps, ...control.steps].flatMap(({ name, accounting }): Level[] => {
    const span = spans.find((s) => s.name === name);
    if (!span) return [];
    return Object.entries(accounting.lowest ?? {}).flatMap(([pool, { available }]) => {
      const before = accounting.before?.[pool];
      if (!before?.size) return [];
      const { from, to } = span;
      return [{ pool, from, to, before: before.available, lowest: available, size: before.size }];
    });
  });
  const pools = [...new Set(all.filter((l) => l.lowest < l.before).map(({ pool }) => pool))];
  const levels = all.filter(({ pool }) => pools.includes(pool));
  if (levels.length === 0) return undefined;
  const label = `Lowest available memory of each pool: ${levels
    .filter((l) => l.lowest < l.before)
    .map((l) => `${l.pool} fell by ${formatSize(l.before - l.lowest)} of ${formatSize(l.size)}`)
    .join('; ')}`;
  // a band and no bar, so its scale need not begin at 0: most dips are small beside their pool
  const lowest = Math.min(...levels.map((l) => (l.lowest / l.size) * 100));
  const floor = Math.max(0, Math.min(99, Math.floor(lowest)));
  const share = (get: (l: Level) => number) => (l: Level) => (get(l) / l.size) * 100;
  return plotSvg(label, {
    width: 640,
    height: 44 + pools.length * 56,
    marginLeft: leftMargin(spans.map(({ name }) => name)),
    marginTop: 8,
    marginBottom: 36,
    marginRight: 60,
    x: { ...timeAxis(spans), label: 'seconds', labelOffset: 32, tickSize: 0 },
    y: {
      domain: [floor, 100],
      label: null,
      ticks: [floor, 100],
      tickFormat: (v: number) => `${v} %`,
      tickSize: 0,
    },
    fy: { domain: pools, label: null, padding: 0.25 },
    marks: [
      Plot.ruleY([floor, 100], { stroke: colour('line') }),
      Plot.rect(levels, {
        fy: 'pool',
        x1: (l: Level) => l.from / 1000,
        x2: (l: Level) => l.to / 1000,
        y1: share((l) => l.lowest),
        y2: share((l) => l.before),
        fill: (l: Level) => regionColour(l.pool, providers),
        insetLeft: 1,
      }),
      Plot.ruleY(levels, {
        fy: 'pool',
        x1: (l: Level) => l.from / 1000,
        x2: (l: Level) => l.to / 1000,
        y: share((l) => l.lowest),
        stroke: (l: Level) => regionColour(l.pool, providers),
        strokeWidth: 2,
      }),
    ],
  });
}
