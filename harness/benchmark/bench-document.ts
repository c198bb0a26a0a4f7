import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';
import { runDocumentSchema } from '../report/run-document.js';
import { sideNames } from './boot.js';
import { comparisonSchema } from './comparison.js';

// bench.json, schema p2plab.bench/1: all that `p2plab bench` knows, and each number that a report of it says.

const { host, image, harness, kernels } = runDocumentSchema.shape;

/** What a side is: of both the scenario is the same, and its variant may be another. */
const side = z.strictObject({
  label: z.string().describe('how it is called in words: what differs from the other side'),
  kernel: z.string().describe('as it was asked for'),
  patches: z.array(z.string()).describe('stacked on it'),
  set: z.record(z.string(), z.string()).describe('values of matrix keys and parameters'),
  variant: z.record(z.string(), z.string()),
  scenarioId: z.string().describe('of the scenario with all its values'),
  built: kernels.element.optional().describe('the kernel as its first boot found it'),
});

const measurement = z.strictObject({
  metric: z.string(),
  step: z.string(),
  unit: z.string(),
  value: z.number(),
  kind: z.enum(['exact', 'wall', 'count']),
  better: z.enum(['less', 'more']),
});

const cost = z.strictObject({
  step: z.string(),
  machine: z.string(),
  ios: z.int(),
  bytes: z.int(),
  functions: z.record(z.string(), z.number()).describe('instructions per I/O of the I/O path'),
  apart: z.array(z.string()).describe('functions that are in no sum'),
});

const boot = z.strictObject({
  side: z.enum(sideNames),
  warmUp: z.boolean().describe('not counted'),
  folder: z.string().describe('a run folder; relative to the folder of this file'),
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  load: z.number().describe("the host's load average of a minute as it began"),
  measurements: z.array(measurement).describe('counts, and what a clock tells'),
  costs: z.array(cost).describe('of which the exact metrics are made'),
});

export const benchDocumentSchema = z.strictObject({
  schema: z.literal('p2plab.bench/1'),
  id: z.string(),
  harness,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  state: z.enum(['running', 'finished', 'interrupted', 'broken']),
  ended: z
    .enum(['resolved', 'budget'])
    .optional()
    .describe('why there were no more boots: every metric is resolved, or the time is used up'),
  scenario: z.string(),
  base: side,
  head: side,
  same: z.boolean().describe('both sides are the same: an A/A run'),
  kinds: z.array(z.enum(['exact', 'count', 'wall'])),
  resolutionPercent: z.number(),
  confidencePercent: z.number().describe('of the verdicts, all together'),
  budgetSeconds: z.number(),
  seed: z.int(),
  host: host.optional(),
  image: image.optional(),
  boots: z.array(boot).describe('in their order'),
  pairs: z.int().describe('pairs of boots that count'),
  usedSeconds: z.number().describe('all boots together'),
  comparisons: z.array(comparisonSchema),
  notInAll: z.array(z.string()).describe('metrics that only some boots have'),
  costText: z.string().optional().describe('the cost by kernel function, head against base'),
  problem: z
    .strictObject({ message: z.string(), remedy: z.string(), evidence: z.string().optional() })
    .optional()
    .describe('of broken'),
});
export type BenchDocument = z.infer<typeof benchDocumentSchema>;
export type BenchSide = z.infer<typeof side>;
export type BenchBoot = z.infer<typeof boot>;
export type BootCost = z.infer<typeof cost>;

export const benchFile = (dir: string): string => path.join(dir, 'bench.json');

/**
 * What an earlier start left in the folder; undefined when it has no bench.json.
 * @throws HarnessError(scenario) when that cannot be read
 */
export async function loadBench(dir: string): Promise<BenchDocument | undefined> {
  const file = benchFile(dir);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return benchDocumentSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
    throw new HarnessError('scenario', `${file} is not a p2plab.bench/1 document: ${why}`, {
      remedy: 'name another folder with --out',
      evidence: file,
      cause,
    });
  }
}

/** Whole and valid at every moment. */
export async function saveBench(dir: string, document: BenchDocument): Promise<void> {
  const file = benchFile(dir);
  await writeFile(`${file}.new`, `${JSON.stringify(benchDocumentSchema.parse(document), null, 2)}\n`);
  await rename(`${file}.new`, file);
}
