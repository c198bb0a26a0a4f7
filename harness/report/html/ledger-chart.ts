import * as Plot from '@observablehq/plot';
import type { Result } from '../run-document.js';
import { regionColour } from './palette.js';
import { plotSvg } from './plot-svg.js';

/** Where each drive's data was, step by step, as shares of it; undefined when no data moved. */
export function ledgerChart({ evidence }: Result, providers: readonly string[]): string | undefined {
  const bars = evidence.steps.flatMap(({ name, transfers }) =>
    transfers.flatMap(({ drive, direction, machine, bytesByRegion }) => {
      const all = Object.values(bytesByRegion).reduce((a, b) => a + b, 0);
      const way = `${name}: ${drive} ${direction}`;
      return Object.entries(bytesByRegion)
        .filter(([, bytes]) => bytes > 0)
        .map(([region, bytes]) => ({ way, machine, region, share: (bytes / all) * 100 }));
    }),
  );
  if (bars.length === 0) return undefined;
  const ways = [...new Set(bars.map(({ way }) => way))];
  const label = `Where the data was: ${bars.map((b) => `${b.way}: ${b.region} ${floor(b.share)} %`).join('; ')}`;
  return plotSvg(label, {
    width: 640,
    height: 44 + ways.length * 20,
    marginLeft: leftMargin(ways),
    marginTop: 4,
    marginBottom: 36,
    x: { domain: [0, 100], label: '% of the bytes', labelOffset: 32, ticks: 5, tickSize: 0 },
    y: { domain: ways, label: null, tickSize: 0, padding: 0.25 },
    marks: [
      Plot.barX(bars, {
        x: 'share',
        y: 'way',
        fill: (b: { region: string }) => regionColour(b.region, providers),
        stroke: 'var(--ground)',
        strokeWidth: 1,
      }),
    ],
  });
}

/** As in the table of the console: a share that is not all of it never says 100. */
const floor = (share: number): number => Math.floor(share * 10) / 10;

/** Room for the longest name at 10 px; a name that is longer is cut by the edge, and is whole in the table. */
export const leftMargin = (names: readonly string[]): number =>
  Math.min(300, 16 + 5.8 * Math.max(...names.map((name) => name.length)));
