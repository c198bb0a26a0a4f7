import Table from 'cli-table3';
import { inertLine } from './inert-text.js';
import { frameless } from './result-table.js';
import type { Result, RunDocument } from './run-document.js';

type Kernels = RunDocument['kernels'];

/** Property × kernel, of runs in which scenarios compare kernels; undefined when there is nothing to compare. */
export function comparisonTable(results: readonly Result[], kernels: Kernels): string | undefined {
  const rows = [...comparisonRows(results, kernels), ...linesRow(kernels)];
  if (kernels.length < 2 || rows.length <= 1) return undefined;
  const table = new Table({
    head: ['property', ...kernels.map(({ name }) => inertLine(name))],
    ...frameless,
  });
  for (const { property, values } of rows) table.push([property, ...values].map(inertLine));
  return table.toString().replaceAll(/ +$/gm, '');
}

export type ComparisonRow = { property: string; values: string[] };

/** In the order in which the properties first come; a kernel of which no run tells a property has a dash. */
function comparisonRows(results: readonly Result[], kernels: Kernels): ComparisonRow[] {
  const properties = new Set(results.flatMap(({ comparison }) => comparison.map(({ property }) => property)));
  return [...properties].map((property) => ({
    property,
    values: kernels.map(({ name }) => {
      const told = results
        .filter(({ kernel }) => kernel === name)
        .flatMap(({ comparison }) => comparison.filter((c) => c.property === property));
      return [...new Set(told.map(({ value }) => value))].join(', ') || '–';
    }),
  }));
}

/** Of the series that not all kernels have: what the others share is no difference. */
function linesRow(kernels: Kernels): ComparisonRow[] {
  const everywhere = (series: string) => kernels.every((k) => k.series.some(({ name }) => name === series));
  const values = kernels.map(({ series }) =>
    series
      .filter(({ name }) => !everywhere(name))
      .map(({ name, linesAdded }) => `${name} ${linesAdded}`)
      .join(', '),
  );
  const shared = kernels[0]?.series.filter(({ name }) => everywhere(name)) ?? [];
  const sharedText = shared.map(({ name, linesAdded }) => `${name} ${linesAdded}`).join(', ');
  return [
    {
      property: 'lines of code added to the kernel',
      values: values.map((own) => [sharedText, own].filter(Boolean).join(', ')),
    },
  ];
}
