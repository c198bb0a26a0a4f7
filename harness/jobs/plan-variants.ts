import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import { readScenario } from '../scenario/read-scenario.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import { stepKinds } from '../workload/step-kinds.js';
import type { Plan } from './plan-document.js';

/**
 * The variants of a plan's jobs, by job id, each an object of its own. The text of its scenarios is read like that of any file: a plan may come
 * from anywhere.
 * @throws HarnessError(scenario) for a scenario that is in error, or a job that no scenario has
 */
export function planVariants({ scenarios, settings, jobs }: Plan): Map<string, Scenario> {
  const names = new Set(jobs.map(({ scenario }) => scenario));
  const wanted = scenarios.filter(({ name }) => names.has(name));
  const read = wanted.flatMap(({ file, packaged, text }) => {
    const place = packaged ? path.join(packageRoot, file) : path.resolve(file);
    return readScenario(place, text, stepKinds, settings.set).variants;
  });
  const byTitle = new Map(read.map((variant) => [scenarioTitle(variant.name, variant.variant), variant]));
  return new Map(
    jobs.map(({ id, title, scenario, variant: values }) => {
      const variant = byTitle.get(scenarioTitle(scenario, values));
      if (variant) return [id, { ...variant }];
      throw new HarnessError('scenario', `the plan's scenarios have no variant ${title} of its job ${id}`, {
        remedy: 'make the plan again: p2plab plan --json',
      });
    }),
  );
}
