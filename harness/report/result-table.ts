import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../common/size.js';
import { inertLine } from './inert-text.js';
import type { Result } from './run-document.js';

const columns = ['', 'scenario', 'variant', 'time', 'data went', 'throughput'];

const frameParts = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
];

/** Options of a table without frame lines. */
export const frameless = {
  style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
  chars: Object.fromEntries(frameParts.map((part) => [part, ''])),
};

/** The results as a table without frame lines, as wide as it needs. */
export function resultTable(results: readonly Result[], colors: Colors): string {
  const table = new Table({ head: columns, ...frameless });
  for (const result of results) table.push(row(result, colors));
  return table.toString().replaceAll(/ +$/gm, '');
}

/** Colour of an outcome, the same everywhere on the console. */
export function paint(outcome: Result['outcome'], colors: Colors): (text: string) => string {
  return { pass: colors.green, fail: colors.red, skip: colors.yellow, broken: colors.magenta }[outcome];
}

function row(result: Result, colors: Colors): string[] {
  const { outcome, scenario, variant, phases, evidence } = result;
  return [
    paint(outcome, colors)(outcome),
    inertLine(scenario),
    inertLine(
      Object.entries(variant)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    ),
    phases.wallMs === undefined ? '' : formatDuration(phases.wallMs),
    inertLine(shares(evidence.dma.bytesByRegion)),
    throughput(result),
  ];
}

/** `shm0 100 %`, or the largest regions first; nothing when no data moved. */
export function shares(bytesByRegion: Record<string, number>): string {
  const all = Object.values(bytesByRegion).reduce((a, b) => a + b, 0);
  return Object.entries(bytesByRegion)
    .filter(([, bytes]) => bytes > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([region, bytes]) => `${region} ${Math.floor((bytes / all) * 1000) / 10} %`)
    .join(', ');
}

/** Lowest and highest of the steps: absolute figures are the emulator's, so no more precision is shown. */
export function throughput({ metrics }: Result): string {
  const values = metrics.filter(({ unit }) => unit === 'MB/s').map(({ value }) => value);
  if (values.length === 0) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(0));
  return `${low === high ? low : `${low}-${high}`} MB/s`;
}
