import type { Result } from '../run-document.js';
import type { ResultView } from './read-result-views.js';

/** A throughput in MB/s; `samples` are those of all results that have one title (a variant that was run several times). */
export type Rate = { name: string; median: number; samples: number[]; base?: number };

/** What each view's charts show, by its id. One pass over the run: several results may be samples of one thing. */
export function ratesOf(views: readonly ResultView[]): Map<string, Rate[]> {
  const together = new Map<string, Result[]>();
  for (const { title, result } of views) together.set(title, [...(together.get(title) ?? []), result]);
  return new Map(views.map(({ id, title, before }) => [id, ratesOfTitle(together.get(title) ?? [], before)]));
}

function ratesOfTitle(results: readonly Result[], before?: Result): Rate[] {
  const samples = samplesOf(results);
  const base = samplesOf(before ? [before] : []);
  return [...samples].map(([name, values]) => {
    const was = base.get(name);
    return {
      name: name.replace(/\.throughput$/, ''),
      median: lowerMedian(values),
      samples: values,
      base: was && lowerMedian(was),
    };
  });
}

function samplesOf(results: readonly Result[]): Map<string, number[]> {
  const samples = new Map<string, number[]>();
  for (const { name, unit, value } of results.flatMap(({ metrics }) => metrics))
    if (unit === 'MB/s') samples.set(name, [...(samples.get(name) ?? []), value]);
  return samples;
}

/** A value that was measured: of an even number, the lower of the two in the middle. */
const lowerMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
