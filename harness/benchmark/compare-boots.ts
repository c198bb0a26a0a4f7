import type { Measurement } from '../cost/measurement.js';
import type { Boot } from './boot.js';
import { compareMetric, repeats, type MetricRuns } from './compare-metric.js';
import type { Comparison } from './comparison.js';

/** How sure the verdicts of a bench are, all together: that not one is wrong when nothing differs. */
export const familyAlpha = 0.05;

const kinds: readonly Measurement['kind'][] = ['exact', 'count', 'wall'];

/**
 * Every metric that all boots have, exact ones first; these may be of the first boots only. The more metrics there are that do not repeat, the more each must differ
 * (Bonferroni), as one of many differs by chance.
 */
export function compareBoots(
  boots: readonly Boot[],
  { resolution, seed }: { resolution: number; seed: number },
): Comparison[] {
  const metrics = metricsOf(wholePairs(boots));
  const wandering = metrics.filter((metric) => !repeats(metric)).length;
  const alpha = familyAlpha / Math.max(1, wandering);
  return metrics
    .map((metric) => compareMetric(metric, { resolution, alpha, seed }))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** Names of metrics that only some boots have, so that nothing can be said. */
export function notInAll(boots: readonly Boot[]): string[] {
  const all = new Set(boots.flatMap(({ measurements }) => measurements.map(nameOf)));
  const compared = new Set(metricsOf(wholePairs(boots)).map(nameOf));
  return [...all].filter((name) => !compared.has(name)).sort();
}

/** `write bs=4k instructions/IO`. */
export const nameOf = ({ step, metric }: Pick<Measurement, 'step' | 'metric'>): string =>
  step === '' ? metric : `${step} ${metric}`;

const wholePairs = (boots: readonly Boot[]) => boots.slice(0, boots.length - (boots.length % 2));

function metricsOf(boots: readonly Boot[]): MetricRuns[] {
  const named = boots.map(
    ({ measurements }) => new Map(measurements.map((measurement) => [nameOf(measurement), measurement])),
  );
  return [...(named[0] ?? [])].flatMap(([name, { value: _, ...metric }]): MetricRuns[] => {
    const values = named.map((one) => one.get(name)?.value);
    const without = values.indexOf(undefined);
    const first = (without < 0 ? values : values.slice(0, without)) as number[];
    const rest = values.slice(first.length);
    const known = metric.kind === 'exact' ? rest.every((value) => value === undefined) : rest.length === 0;
    return known && first.length % 2 === 0 ? [{ ...metric, values: first }] : [];
  });
}
