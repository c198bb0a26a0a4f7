import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { Progress } from './common/progress.js';
import { describeHost } from './host/describe-host.js';
import { probeAccelerator, type AcceleratorChoice } from './host/probe-accelerator.js';
import { probeQemu } from './host/probe-qemu.js';
import { ensureImage } from './image/ensure-image.js';
import { ensureKernel } from './kernel/ensure-kernel.js';
import type { Kernel } from './kernel/kernel.js';
import { planScenario, type PlanInputs } from './plan/plan.js';
import { makeResult, skippedResult } from './report/make-result.js';
import type { Reporter } from './report/reporter.js';
import { runHeader } from './report/run-header.js';
import type { Result } from './report/run-document.js';
import { runVariant } from './run-variant.js';
import { resultFolder } from './scenario/result-folder.js';
import { scenarioTitle, type OptionalEvidence, type Scenario } from './scenario/scenario.js';
import { judge } from './verdict/judge.js';

export type RunRequest = {
  id: string;
  dir: string;
  variants: Scenario[];
  kernel: string;
  extraPatches: string[];
  image: string;
  accelerator: AcceleratorChoice;
  jobs: number;
  /** Whether claims of peer-to-peer get their control run. */
  controls: boolean;
  /** Evidence that no variant collects. */
  without: OptionalEvidence[];
};

/**
 * The whole way, left to right: kernel and image, the host, then for every variant plan → VM → guest → workload →
 * evidence → verdict → report.
 * @throws HarnessError when nothing can be run at all; Interrupted when the signal fires
 */
export async function run(request: RunRequest, reporter: Reporter, signal: AbortSignal): Promise<Result[]> {
  const { dir, extraPatches, jobs, controls } = request;
  const variants = request.variants.map((v) => ({ ...v, without: [...v.without, ...request.without] }));
  const kernel = await ensureKernel(request.kernel, {
    extraPatches,
    signal,
    progress: progressOf('kernel', reporter),
  });
  await reporter.on({
    type: 'prepared',
    subject: 'kernel',
    what: `${kernel.name} ${kernel.release}${kernel.cached ? ', cached' : ''}`,
  });
  const image = await ensureImage(request.image, { signal, progress: progressOf('image', reporter) });
  await reporter.on({
    type: 'prepared',
    subject: 'image',
    what: `${image.name}${image.cached ? ', cached' : ''}`,
  });
  const qemu = await probeQemu();
  const { accelerator, why } = await chooseAccelerator(request.accelerator, () =>
    probeAccelerator(qemu, kernel.bzImage, signal),
  );
  const host = { accelerator, qemu };

  const header = runHeader(request.id, describeHost(host, why), kernel, image);
  await reporter.on({ type: 'started', dir, count: variants.length, run: header });
  const limit = pLimit(jobs);
  const inputs = { host, kernel, rootfs: image.rootfs };
  return limit.map(variants, (variant) =>
    runOne(variant, { dir, kernel, inputs, controls, reporter, signal }),
  );
}

type Context = {
  dir: string;
  kernel: Kernel;
  inputs: Omit<PlanInputs, 'nonce'>;
  controls: boolean;
  reporter: Reporter;
  signal: AbortSignal;
};

async function runOne(
  scenario: Scenario,
  { dir, kernel, inputs, controls, reporter, signal }: Context,
): Promise<Result> {
  const title = scenarioTitle(scenario.name, scenario.variant);
  const startedAt = performance.now();
  const plan = planScenario(scenario, { ...inputs, nonce: randomBytes(8).toString('hex') });
  const finish = async (result: Result) => {
    await reporter.on({ type: 'finished', title, result });
    return result;
  };
  if (plan.kind === 'skip') return finish(skippedResult(scenario, plan.reasons));
  const folder = path.join(dir, 'results', resultFolder(scenario.name, scenario.variant));
  const onPhase = (phase: string) => void reporter.on({ type: 'phase', title, phase });
  const evidence = await runVariant({ scenario, plan, kernel, dir: folder, controls, onPhase, signal });
  await writeFile(path.join(folder, 'evidence.json'), JSON.stringify(evidence, null, 2) + '\n');
  const artifacts = await filesIn(dir, folder);
  return finish(makeResult(evidence, judge(evidence), { wallMs: performance.now() - startedAt, artifacts }));
}

async function filesIn(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

const chooseAccelerator = async (
  choice: AcceleratorChoice,
  probe: () => ReturnType<typeof probeAccelerator>,
) => (choice === 'auto' ? await probe() : { accelerator: choice, why: 'chosen with --accel' });

const progressOf =
  (subject: string, reporter: Reporter): Progress =>
  (what, done, total) =>
    void reporter.on({ type: 'preparing', subject, what, done, total });
