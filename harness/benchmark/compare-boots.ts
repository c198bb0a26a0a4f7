import type { Measurement } from '../cost/measurement.js';
import type { Boot } from './boot.js';
import { compareMetric, repeats, type MetricRuns } from './compare-metric.js';
import type { Comparison } from './comparison.js';

/** How sure the verdicts of a bench are, all together: that not one is wrong when nothing differs. */
export const familyAlpha = 0.05;

const kinds: readonly Measurement['kind'][] = ['exact', 'count', 'wall'];

/**
 * Every metric that all boots have, exact ones first. The more metrics there are that do not repeat, the more each must differ
 * (Bonferroni), as one of many differs by chance.
 */
export function compareBoots(
  boots: readonly Boot[],
  { resolution, seed }: { resolution: number; seed: number },
): Comparison[] {
  const whole = boots.slice(0, boots.length - (boots.length % 2));
  const metrics = metricsOf(whole);
  const wandering = metrics.filter((metric) => !repeats(metric)).length;
  const alpha = familyAlpha / Math.max(1, wandering);
  return metrics
    .map((metric) => compareMetric(metric, { resolution, alpha, seed }))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** Names of metrics that only some boots have, so that nothing can be said. */
export function notInAll(boots: readonly Boot[]): string[] {
  const names = boots.map(({ measurements }) => new Set(measurements.map(nameOf)));
  const all = new Set(names.flatMap((some) => [...some]));
  return [...all].filter((name) => !names.every((some) => some.has(name))).sort();
}

/** `write bs=4k instructions/IO`. */
export const nameOf = ({ step, metric }: Pick<Measurement, 'step' | 'metric'>): string =>
  step === '' ? metric : `${step} ${metric}`;

function metricsOf(boots: readonly Boot[]): MetricRuns[] {
  const [first, ...others] = boots.map(
    ({ measurements }) => new Map(measurements.map((measurement) => [nameOf(measurement), measurement])),
  );
  if (first === undefined) return [];
  return [...first].flatMap(([name, { value, ...metric }]) => {
    const rest = others.flatMap((named) => named.get(name)?.value ?? []);
    return rest.length === others.length ? [{ ...metric, values: [value, ...rest] }] : [];
  });
}
