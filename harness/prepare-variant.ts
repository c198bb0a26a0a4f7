import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { HarnessError } from './common/errors.js';
import { planScenario } from './plan/plan.js';
import { prepare, type Wanted } from './prepare.js';
import type { Reporter } from './report/reporter.js';
import type { VariantRun } from './run-variant.js';
import type { Scenario } from './scenario/scenario.js';

/**
 * One variant, ready to be booted by hand: kernel, image and plan.
 * @throws HarnessError(scenario) when something that it needs is not here
 */
export async function prepareVariant(
  scenario: Scenario,
  wanted: Omit<Wanted, 'variants'>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<VariantRun> {
  const prepared = await prepare({ ...wanted, variants: [scenario] }, reporter, signal);
  const { host, image, ownFiles } = prepared;
  const kernel = prepared.kernelOf(scenario);
  const nonce = randomBytes(8).toString('hex');
  const plan = planScenario(scenario, { host, kernel, rootfs: image.rootfs, nonce });
  if (plan.kind === 'skip') {
    throw new HarnessError('scenario', `${scenario.name} cannot be run here: ${plan.reasons.join('; ')}`, {
      remedy: 'choose another kernel with --kernel, or another scenario',
    });
  }
  return {
    ...{ scenario, plan, kernel, ownFiles, signal },
    accelerator: host.accelerator,
    dir: path.resolve(wanted.dir),
    controls: false,
    onPhase: () => {},
  };
}
