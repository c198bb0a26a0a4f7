import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { makePlan, type PlanRequest } from '../jobs/make-plan.js';
import { makeSeriesPlan } from '../jobs/make-series-plan.js';
import { planJson, type Plan } from '../jobs/plan-document.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { readHistory } from '../report/history.js';
import type { OptionalEvidence } from '../scenario/scenario.js';
import { selectVariants } from './find-scenarios.js';
import { findBase, findSeries, writePatchesBefore } from './find-series.js';
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
  series?: string;
  tree?: string;
  base?: string;
  after?: string[];
  last?: boolean;
  retries?: number;
};

/** `p2plab plan --json`: every job of what `run` with these options does. */
export async function printPlanJson(
  names: string[],
  options: PlanJsonOptions,
  { out, signal }: Terminal,
): Promise<void> {
  const history = await readHistory();
  const { series } = options;
  if (series === undefined) return out(planJson(await planOf(names, options, history, signal)));
  out(planJson(await seriesPlanOf(series, names, options, history, signal)));
}

/** The plan of what `p2plab series` with these options does at first. */
async function seriesPlanOf(
  origin: string,
  names: string[],
  options: PlanJsonOptions,
  history: PlanRequest['history'],
  signal: AbortSignal,
): Promise<Plan> {
  const { tag, set, tree, base, kernel, after = [], last, retries = 4 } = options;
  mustFitSeries(options);
  const variants = await selectVariants({ names, tag: names.length === 0 ? (tag ?? 'smoke') : tag, set });
  const series = await findSeries(origin, tree, signal);
  const place = { tree, base, kernel, after };
  const found = await findBase(series, place, signal);
  if (found.on) throw ofThisMachine();
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-plan-'));
  try {
    const before = await writePatchesBefore(series, found.kernel, place, dir, signal);
    const put = { series, kernel: found.kernel, before, each: !last, retries };
    return await makeSeriesPlan({ ...settingsOf(options), variants, history, ...put }, signal);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function mustFitSeries({ patch, coverage, cost }: PlanJsonOptions): void {
  const wrong = patch.length > 0 ? '--patch' : coverage ? '--coverage' : cost ? '--cost' : undefined;
  if (!wrong) return;
  throw new HarnessError('scenario', `--series and ${wrong} do not go together`, {
    remedy: {
      '--patch': 'name patches that come before the series with --after',
      '--coverage': 'p2plab series --coverage tells it, on one machine',
      '--cost': 'compare two kernels by p2plab bench',
    }[wrong],
  });
}

const ofThisMachine = () =>
  new HarnessError('scenario', 'a plan for other machines cannot be put upon a source of this one', {
    remedy: 'write a kernel definition with that source for all of them, and name it: --kernel FILE',
  });

/** The plan of what `run` with these options does. @param history none for times that are the same on each machine */
export async function planOf(
  names: string[],
  options: PlanJsonOptions,
  history: PlanRequest['history'],
  signal: AbortSignal,
): Promise<Plan> {
  const { tag, set, kernel, patch: patches, coverage = false, cost = false } = options;
  const variants = await selectVariants({ names, tag, set });
  return makePlan({ ...settingsOf(options), variants, kernel, patches, coverage, cost, history }, signal);
}

/** What holds for all jobs of any plan. */
const settingsOf = ({ set, image, accel: accelerator, controls, without }: PlanJsonOptions) => {
  return { set, image, accelerator, controls, without };
};
