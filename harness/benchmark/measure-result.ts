import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Measurement } from '../cost/measurement.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { accessMetrics } from './access-metrics.js';
import { clockMetrics, otherTimes, type MeasuredStep } from './clock-metrics.js';
import { readFioFigures } from './fio-figures.js';

/**
 * What was measured in a result: by a clock, and counted in QEMU's trace.
 * @param dir folder of the result, with its evidence.json
 */
export async function measureResult(dir: string): Promise<Measurement[]> {
  const evidence = JSON.parse(await readFile(path.join(dir, 'evidence.json'), 'utf8')) as Evidence;
  const read = await Promise.all(
    evidence.steps
      .filter(({ kind }) => kind === 'fio')
      .map(async (step) => ({ step, measured: await measuredStep(dir, step) })),
  );
  const steps = read.filter(({ measured }) => measured.figures.length > 0);
  const counts = steps.flatMap(({ step, measured }) => accessMetrics(measured, step));
  return [...counts, ...clockMetrics(steps.map(({ measured }) => measured)), ...otherTimes(evidence)];
}

async function measuredStep(dir: string, { name, machine, commands }: StepEvidence): Promise<MeasuredStep> {
  const outputs = await Promise.all(
    commands.map(({ stdout }) => readFile(path.join(dir, stdout), 'utf8').catch(() => '')),
  );
  return { name, machine, figures: outputs.flatMap(readFioFigures) };
}
