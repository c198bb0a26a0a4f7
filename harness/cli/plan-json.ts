import { Option } from 'commander';
import { makePlan, type PlanRequest } from '../jobs/make-plan.js';
import { planJson, type Plan } from '../jobs/plan-document.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { readHistory } from '../report/history.js';
import { optionalEvidence, type OptionalEvidence } from '../scenario/scenario.js';
import { selectVariants } from './find-scenarios.js';
import type { Terminal } from './terminal.js';

/** What a plan is made of, as `run` takes it, too. */
export type PlanJsonOptions = {
  tag?: string;
  kernel?: string;
  patch: string[];
  image: string;
  set: Record<string, string>;
  accel: AcceleratorChoice;
  controls: boolean;
  without: OptionalEvidence[];
  coverage?: boolean;
  cost?: boolean;
};

/** `p2plab plan --json`: every job of what `run` with these options does. */
export async function printPlanJson(
  names: string[],
  options: PlanJsonOptions,
  { out, signal }: Terminal,
): Promise<void> {
  out(planJson(await planOf(names, options, await readHistory(), signal)));
}

/** The plan of what `run` with these options does. @param history none for times that are the same on each machine */
export async function planOf(
  names: string[],
  options: PlanJsonOptions,
  history: PlanRequest['history'],
  signal: AbortSignal,
): Promise<Plan> {
  const {
    tag,
    set,
    kernel,
    patch,
    image,
    accel,
    controls,
    without,
    coverage = false,
    cost = false,
  } = options;
  const variants = await selectVariants({ names, tag, set });
  return makePlan(
    {
      ...{ variants, set, kernel, patches: patch, image, accelerator: accel },
      ...{ controls, without, coverage, cost, history },
    },
    signal,
  );
}

export const withoutOption = () =>
  new Option('--without <evidence...>', 'evidence not to collect; claims that rest on it are not proven then')
    .choices(optionalEvidence)
    .default([], 'none');
