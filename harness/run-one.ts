import { readdir, rename, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Boot } from './variant/boot.js';
import { Scope } from './common/scope.js';
import { planVariant, type PlannedVariant } from './plan-variant.js';
import { withGdb } from './plan/with-gdb.js';
import { withMemoryDump } from './plan/with-memory-dump.js';
import type { Prepared } from './prepare.js';
import { workIdOf } from './report/expected-memory.js';
import { makeResult, skippedResult } from './report/make-result.js';
import type { Reporter } from './report/reporter.js';
import type { Result } from './report/run-document.js';
import type { RunRequest } from './run.js';
import { runVariant, type OnBoot, type VariantRun } from './variant/run-variant.js';
import { resultFolder } from './scenario/result-folder.js';
import { scenarioTitle, type Scenario } from './scenario/scenario.js';
import type { Verdict } from './verdict/check.js';
import { judge, kernelComplains } from './verdict/judge.js';
import { writeRepro } from './variant/write-repro.js';

export type Context = { request: RunRequest; prepared: Prepared; reporter: Reporter; signal: AbortSignal };

/** `boot`: another variant may have it, and whoever gets it disposes of it. */
export type OneEnd = { result: Result; boot?: Boot };

/** In the run folder: what was found on a boot that was shared, of variants that were run again for it. */
const sharedBootsFolder = 'shared-boots';

/** One variant, from its plan to its result, which is told; on a boot of another when there is one. */
export async function runOne(variant: Scenario, on: OnBoot, context: Context): Promise<OneEnd> {
  const { request, prepared, reporter } = context;
  const { dir } = request;
  const title = scenarioTitle(variant.name, variant.variant);
  const startedAt = performance.now();
  const planned = planVariant(variant, prepared, request);
  const finish = async (result: Result) => {
    await reporter.on({ type: 'finished', title, result, workId: wholeWorkId(result) });
    return result;
  };
  const { scenario, kernel } = planned;
  const counted = request.coverage || request.cost;
  const machines = Object.keys(scenario.machines).length;
  const wholeWorkId = ({ peakMemoryBytes = {} }: Result) =>
    counted || Object.keys(peakMemoryBytes).length < machines
      ? undefined
      : workIdOf(variant, { kernelId: kernel.id, accelerator: prepared.host.accelerator });
  if (planned.kind === 'skip')
    return { result: await finish(skippedResult(scenario, kernel.name, planned.reasons)), boot: on.boot };
  const folder = path.join(dir, 'results', resultFolder(scenario.name, scenario.variant));
  const onPhase = (phase: string) => void reporter.on({ type: 'phase', title, phase });
  const variantRun = toRun(planned, folder, onPhase, context);
  await request.gdb?.(variantRun);

  let end = await runAndJudge(variantRun, on);
  const sharedBoot = disputed(end) ? await setAside(end, { dir, folder }) : undefined;
  if (sharedBoot) end = await runAndJudge(variantRun, { another: on.another });

  await using scope = new Scope();
  const { evidence, verdict, boot } = end;
  if (boot) scope.use('stop the machines', boot);
  await writeFile(path.join(folder, 'evidence.json'), JSON.stringify(evidence, null, 2) + '\n');
  await writeRepro({ dir: folder, evidence, verdict, plan: planned.plan, kernel, ...prepared });
  const wallMs = Math.round(performance.now() - startedAt);
  const artifacts = await filesIn(dir, folder);
  const result = makeResult(evidence, verdict, { kernel: kernel.name, wallMs, artifacts, sharedBoot });
  await finish(result);
  scope.move(); // the boot goes on
  return { result, boot };
}

type JudgedEnd = Awaited<ReturnType<typeof runVariant>> & { verdict: Verdict };

/** What did not pass leaves its boot to nobody. */
async function runAndJudge(run: VariantRun, on: OnBoot): Promise<JudgedEnd> {
  const { evidence, boot } = await runVariant(run, on);
  const verdict = judge(evidence);
  if (!boot || verdict.outcome === 'pass') return { evidence, verdict, boot };
  await boot[Symbol.asyncDispose]();
  return { evidence, verdict };
}

/** What others left may be why it did not pass on their boot; but not of what the kernel itself complained of. */
const disputed = ({ evidence, verdict }: JudgedEnd): boolean =>
  evidence.sharedBoot !== undefined && verdict.outcome !== 'pass' && !kernelComplains(evidence);

/** Makes room for the same on a boot of its own. */
async function setAside(
  { evidence, verdict }: JudgedEnd,
  { dir, folder }: { dir: string; folder: string },
): Promise<Result['sharedBoot']> {
  const { outcome, reasons } = verdict;
  if (outcome === 'pass') return undefined;
  const aside = path.join(sharedBootsFolder, path.basename(folder));
  await mkdir(path.join(dir, sharedBootsFolder), { recursive: true });
  await rename(folder, path.join(dir, aside));
  await writeFile(path.join(dir, aside, 'evidence.json'), JSON.stringify(evidence, null, 2) + '\n');
  return { after: evidence.sharedBoot!.after, outcome, reasons, folder: aside };
}

function toRun(
  { scenario, kernel, plan }: PlannedVariant & { kind: 'run' },
  dir: string,
  onPhase: VariantRun['onPhase'],
  { request, prepared, signal }: Context,
): VariantRun {
  const { ownFiles, host } = prepared;
  const { controls, coverage = false, cost = false, gdb, beforeStop, keep, dumpMemoryBytes } = request;
  const stays = dumpMemoryBytes === undefined ? plan : withMemoryDump(plan);
  return {
    ...{ scenario, kernel, ownFiles, dir, controls, coverage, cost, onPhase, signal },
    ...{ beforeStop, keep, dumpMemoryBytes },
    plan: gdb ? withGdb(stays) : stays,
    accelerator: host.accelerator,
  };
}

async function filesIn(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}
