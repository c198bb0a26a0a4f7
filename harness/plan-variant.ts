import { randomBytes } from 'node:crypto';
import type { Kernel } from './kernel/kernel.js';
import { planScenario, type RunPlan } from './plan/plan.js';
import type { Prepared } from './prepare.js';
import type { Scenario } from './scenario/scenario.js';
import { asKernelCan, missingInKernel } from './workload/kernel-needs.js';

/** What becomes of a variant on its kernel: `scenario` is without what the kernel cannot have and the scenario need not. */
export type PlannedVariant = { scenario: Scenario; kernel: Kernel } & (
  { kind: 'skip'; reasons: string[] } | { kind: 'run'; plan: RunPlan }
);

/** A variant's plan, or all reasons for which it cannot run here. */
export function planVariant(
  variant: Scenario,
  prepared: Prepared,
  { accesses }: { accesses?: boolean } = {},
): PlannedVariant {
  const { host, image, coveragePlugin } = prepared;
  const kernel = prepared.kernelOf(variant);
  const scenario = asKernelCan(variant, kernel);
  const nonce = randomBytes(8).toString('hex');
  const { rootfs } = image;
  const plan = planScenario(scenario, { host, kernel, rootfs, nonce, coveragePlugin, accesses });
  const lacking = [...missingInKernel(scenario, kernel), ...(coveragePlugin ? notCounted(kernel) : [])];
  if (plan.kind === 'skip') return { kind: 'skip', scenario, kernel, reasons: [...plan.reasons, ...lacking] };
  if (lacking.length > 0) return { kind: 'skip', scenario, kernel, reasons: lacking };
  return { kind: 'run', scenario, kernel, plan };
}

/** What runs is told apart by addresses in vmlinux, and modules are elsewhere in each boot. */
const notCounted = ({ name, guestModules }: Kernel): string[] =>
  guestModules === undefined
    ? []
    : [
        `kernel ${name} has modules, and what runs is counted in vmlinux alone: ${guestModules.names.join(', ')}`,
      ];
