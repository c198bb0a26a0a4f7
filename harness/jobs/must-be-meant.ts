import { readFile } from 'node:fs/promises';
import { HarnessError } from '../common/errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { filesOf } from '../workload/own-files.js';
import { jobId } from './make-plan.js';
import type { Job, Plan } from './plan-document.js';

/**
 * A plan may come from anywhere. It does not choose a folder of this machine to send files from: where there are files,
 * the scenario lies beside them as the plan has it. And its job ids are what it says they are.
 * @throws HarnessError(scenario)
 */
export async function mustBeMeant(
  variant: Scenario,
  { id, title, kernel, image, attempt }: Job,
  plan: Plan,
): Promise<void> {
  const remedy = 'make the plan again where it is run, or run it where it was made: p2plab plan --json';
  if (variant.steps.some((step) => filesOf(step).length > 0)) {
    const here = await readFile(variant.file, 'utf8').catch(() => undefined);
    const known = plan.scenarios.some(({ name, text }) => name === variant.name && text === here);
    if (!known)
      throw new HarnessError(
        'scenario',
        `${title} takes files along, and ${variant.file} is not here, or another`,
        { remedy },
      );
  }
  const { harness, settings } = plan;
  const found = await jobId(variant, { harness, settings, kernel, image, attempt });
  if (found !== id)
    throw new HarnessError('scenario', `the plan calls ${title} ${id}, but what it says of it is ${found}`, {
      remedy,
    });
}
