import path from 'node:path';
import { HarnessError } from './common/errors.js';
import { planVariant } from './plan-variant.js';
import { prepare, type Wanted } from './prepare.js';
import type { Reporter } from './report/reporter.js';
import type { VariantRun } from './variant/run-variant.js';
import type { Scenario } from './scenario/scenario.js';

/**
 * One variant, ready to be booted by hand: kernel, image and plan.
 * @throws HarnessError(scenario) when something that it needs is not here
 */
export async function prepareVariant(
  variant: Scenario,
  wanted: Omit<Wanted, 'variants'>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<VariantRun> {
  const prepared = await prepare({ ...wanted, variants: [variant] }, reporter, signal);
  const planned = planVariant(variant, prepared);
  if (planned.kind === 'skip') {
    throw new HarnessError('scenario', `${variant.name} cannot be run here: ${planned.reasons.join('; ')}`, {
      remedy: 'choose another kernel with --kernel, or another scenario',
    });
  }
  const { scenario, kernel, plan } = planned;
  const { accelerator } = prepared.host;
  return {
    ...{ scenario, kernel, plan, accelerator, signal, ownFiles: prepared.ownFiles },
    dir: path.resolve(wanted.dir),
    controls: false,
    coverage: false,
    cost: false,
    onPhase: () => {},
  };
}
