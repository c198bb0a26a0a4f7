import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { isCountedFile } from '../evidence/counted-runs.js';
import { readRun } from '../report/read-run.js';
import { scenarioTitle } from '../scenario/scenario.js';
import { readStepCosts } from './read-step-costs.js';
import type { StepCost } from './step-cost.js';

/** What the steps of one result cost. `kernel`: name and id. */
export type ResultCost = { title: string; kernel: string; costs: StepCost[] };

/**
 * Of every result of a run whose I/O was counted.
 * @throws HarnessError(scenario) when it is no run, or nothing was counted in it
 */
export async function readRunCosts(dir: string, signal: AbortSignal): Promise<ResultCost[]> {
  const run = await readRun(dir);
  const costs: ResultCost[] = [];
  for (const { scenario, variant, artifacts, kernel: name } of run.results) {
    const artifact = artifacts.find((file) => isCountedFile(path.basename(file)));
    const kernel = run.kernels.find((one) => one.name === name);
    if (artifact === undefined || !kernel) continue;
    costs.push({
      title: scenarioTitle(scenario, variant),
      kernel: `${kernel.name} ${kernel.id}`,
      costs: await readStepCosts(path.join(dir, path.dirname(artifact)), kernel, signal),
    });
  }
  if (costs.length > 0) return costs;
  throw new HarnessError('scenario', `no I/O was counted in ${dir}`, {
    remedy: 'run scenarios that have fio steps again, with --cost',
  });
}
