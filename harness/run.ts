import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeHost } from './host/describe-host.js';
import { mapUntil } from './map-until.js';
import { planScenario } from './plan/plan.js';
import { prepare, type Prepared, type Wanted } from './prepare.js';
import { makeResult, skippedResult } from './report/make-result.js';
import type { Reporter } from './report/reporter.js';
import { runHeader } from './report/run-header.js';
import type { Result } from './report/run-document.js';
import { runVariant } from './run-variant.js';
import { resultFolder } from './scenario/result-folder.js';
import { scenarioTitle, type OptionalEvidence, type Scenario } from './scenario/scenario.js';
import { judge } from './verdict/judge.js';
import { asKernelCan, missingInKernel } from './workload/kernel-needs.js';

export type RunRequest = Wanted & {
  id: string;
  jobs: number;
  /** Whether claims of peer-to-peer get their control run. */
  controls: boolean;
  /** Evidence that no variant collects. */
  without: OptionalEvidence[];
  /** Whether the guests' accesses to devices are counted and the first I/O is timed, for benchmarks. */
  accesses?: boolean;
  /** The run ends with the first result that this is true of: no variant starts any more, others are cut off. */
  until?: (result: Result) => boolean;
};

/**
 * The whole way, left to right: kernels, image and host, then for every variant plan → VM → guest → workload →
 * evidence → verdict → report.
 * @throws HarnessError when nothing can be run at all; Interrupted when the signal fires
 */
export async function run(request: RunRequest, reporter: Reporter, signal: AbortSignal): Promise<Result[]> {
  const { dir, jobs, controls, coverage = false, cost = false } = request;
  const variants = request.variants.map((v) => ({ ...v, without: [...v.without, ...request.without] }));
  const prepared = await prepare({ ...request, variants }, reporter, signal);
  const header = runHeader(request.id, describeHost(prepared.host, prepared.why), prepared);
  await reporter.on({ type: 'started', dir, count: variants.length, run: header });
  const context = { dir, prepared, controls, coverage, cost, accesses: request.accesses, reporter };
  const work = (variant: Scenario, stop: AbortSignal) => runOne(variant, { ...context, signal: stop });
  return mapUntil(variants, work, { jobs, until: request.until, signal });
}

type Context = {
  dir: string;
  prepared: Prepared;
  controls: boolean;
  coverage: boolean;
  cost: boolean;
  accesses?: boolean;
  reporter: Reporter;
  signal: AbortSignal;
};

async function runOne(
  variant: Scenario,
  { dir, prepared, controls, coverage, cost, accesses, reporter, signal }: Context,
): Promise<Result> {
  const title = scenarioTitle(variant.name, variant.variant);
  const startedAt = performance.now();
  const kernel = prepared.kernelOf(variant);
  const scenario = asKernelCan(variant, kernel);
  const { host, image, ownFiles, coveragePlugin } = prepared;
  const nonce = randomBytes(8).toString('hex');
  const { rootfs } = image;
  const plan = planScenario(scenario, { host, kernel, rootfs, nonce, coveragePlugin, accesses });
  const finish = async (result: Result) => {
    await reporter.on({ type: 'finished', title, result });
    return result;
  };
  const lacking = missingInKernel(scenario, kernel);
  if (plan.kind === 'skip' || lacking.length > 0) {
    const reasons = plan.kind === 'skip' ? plan.reasons : [];
    return finish(skippedResult(scenario, kernel.name, [...reasons, ...lacking]));
  }
  const folder = path.join(dir, 'results', resultFolder(scenario.name, scenario.variant));
  const onPhase = (phase: string) => void reporter.on({ type: 'phase', title, phase });
  const { accelerator } = host;
  const variantRun = {
    scenario,
    plan,
    kernel,
    accelerator,
    ownFiles,
    dir: folder,
    controls,
    coverage,
    cost,
    onPhase,
    signal,
  };
  const evidence = await runVariant(variantRun);
  await writeFile(path.join(folder, 'evidence.json'), JSON.stringify(evidence, null, 2) + '\n');
  const extra = {
    kernel: kernel.name,
    wallMs: performance.now() - startedAt,
    artifacts: await filesIn(dir, folder),
  };
  return finish(makeResult(evidence, judge(evidence), extra));
}

async function filesIn(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}
