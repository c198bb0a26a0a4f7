import type { Scenario, Step } from '../scenario/scenario.js';
import type { AnyStepKind } from './step-kind.js';

/** Prefix of a control step's name in folders, the kernel log and evidence. */
export const controlPrefix = 'control-';

/** Steps of which the scenario claims that their data goes through a peer's memory. */
export function claimedSteps({ expect }: Scenario): string[] {
  return expect.flatMap((e) => (e.type === 'data' && e.through !== 'none' ? e.steps : []));
}

/**
 * The control run of a scenario: its claimed steps, and what sets them up, with peer memory off. Empty when nothing
 * is claimed.
 */
export function controlSteps(scenario: Scenario, kindOf: (step: Step) => AnyStepKind): Step[] {
  const claimed = claimedSteps(scenario);
  if (claimed.length === 0) return [];
  return scenario.steps.flatMap((step) => {
    const { withoutP2p, undo } = kindOf(step);
    if (!withoutP2p || !(undo || claimed.includes(step.name))) return [];
    const params: unknown = withoutP2p(step.params as never);
    return params === undefined ? [] : [{ ...step, name: controlPrefix + step.name, params }];
  });
}
