import path from 'node:path';
import * as z from 'zod';
import { stateDir } from '../common/paths.js';
import { rememberedLines } from '../report/remembered-lines.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { BenchDocument } from './bench-document.js';
import { sideNames } from './boot.js';
import { sideText } from './bench-words.js';
import { nameOf } from './compare-boots.js';

const entrySchema = z.object({
  at: z.iso.datetime(),
  bench: z.string(),
  /** Scenario and variant, as in run.json. */
  title: z.string(),
  /** With its step: `write instructions/IO`. */
  metric: z.string(),
  unit: z.string(),
  kind: z.enum(['exact', 'count', 'wall']),
  better: z.enum(['less', 'more']),
  /** The kernel in words, and its content id. */
  kernel: z.string(),
  kernelId: z.string(),
  /** Median of a side, and how many boots that is of. */
  value: z.number(),
  n: z.number(),
});
/** What one bench found for one metric of one side. */
export type MetricEntry = z.infer<typeof entrySchema>;

/** The older half of the file goes when it is larger: some 300 B a line. */
const maxBytes = 8 * 2 ** 20;

const linesIn = (dir: string) => rememberedLines(path.join(dir, 'metrics.jsonl'), entrySchema, maxBytes);

/** What a bench has to be remembered of. In an A/A run both sides are one kernel: it is remembered once. */
export function entriesOf(document: BenchDocument): MetricEntry[] {
  const { id: bench, scenario, comparisons, same, endedAt, startedAt } = document;
  const sides = same ? (['head'] as const) : sideNames;
  return sides.flatMap((side) => {
    const { variant, built } = document[side];
    if (built === undefined) return [];
    const of = {
      ...{ at: endedAt ?? startedAt, bench, title: scenarioTitle(scenario, variant) },
      ...{ kernel: sideText(document[side]), kernelId: built.id },
    };
    return comparisons.map((comparison) => {
      const { unit, kind, better, n } = comparison;
      return { ...of, metric: nameOf(comparison), unit, kind, better, n, value: comparison[side] };
    });
  });
}

export const appendMetrics = async (entries: readonly MetricEntry[], dir = stateDir()): Promise<void> =>
  linesIn(dir).append(entries);

/** Oldest first. Of a bench that went on later the last word counts. */
export async function readMetrics(dir = stateDir()): Promise<MetricEntry[]> {
  const latest = new Map<string, MetricEntry>();
  for (const entry of await linesIn(dir).read()) {
    const { bench, title, metric, kernelId } = entry;
    const key = JSON.stringify([bench, title, metric, kernelId]);
    latest.delete(key); // so that it comes last
    latest.set(key, entry);
  }
  return [...latest.values()];
}
