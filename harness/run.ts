import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeHost } from './host/describe-host.js';
import { mapUntil } from './map-until.js';
import { planVariant, type PlannedVariant } from './plan-variant.js';
import { withGdb } from './plan/with-gdb.js';
import { withMemoryDump } from './plan/with-memory-dump.js';
import { prepare, type Prepared, type Wanted } from './prepare.js';
import { readHistory } from './report/history.js';
import { makeResult, skippedResult } from './report/make-result.js';
import type { Reporter } from './report/reporter.js';
import { runHeader } from './report/run-header.js';
import type { Result } from './report/run-document.js';
import { runVariant, type VariantRun } from './run-variant.js';
import { resultFolder } from './scenario/result-folder.js';
import { scenarioTitle, type OptionalEvidence, type Scenario } from './scenario/scenario.js';
import { scheduleVariants } from './schedule-variants.js';
import { judge } from './verdict/judge.js';
import { writeRepro } from './write-repro.js';

/** What a person does with the machines of each variant. */
export type HandsOn = {
  /** Machines wait for gdb, and this tells where. */
  gdb?: (run: VariantRun) => Promise<void>;
  /** With the machines as the last step left them. */
  beforeStop?: VariantRun['beforeStop'];
  /** After a panic the memory of machines up to this size is kept. */
  dumpMemoryBytes?: number;
  /** Whether machines are left running. */
  keep?: boolean;
};

export type RunRequest = Wanted &
  HandsOn & {
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
  const { dir, jobs } = request;
  const variants = request.variants.map((v) => ({ ...v, without: [...v.without, ...request.without] }));
  const prepared = await prepare({ ...request, variants }, reporter, signal);
  const header = runHeader(request.id, describeHost(prepared.host, prepared.why), prepared);
  await reporter.on({ type: 'started', dir, count: variants.length, run: header });
  const context = { request, prepared, reporter };
  const work = (variant: Scenario, stop: AbortSignal) => runOne(variant, { ...context, signal: stop });
  const next = scheduleVariants(variants, {
    ...{ jobs, history: await readHistory(), kernelOf: prepared.kernelOf },
    ...{ counted: prepared.coveragePlugin !== undefined, measured: request.cost === true },
  });
  return mapUntil(variants, work, { next, until: request.until, signal });
}

type Context = { request: RunRequest; prepared: Prepared; reporter: Reporter; signal: AbortSignal };

async function runOne(variant: Scenario, context: Context): Promise<Result> {
  const { request, prepared, reporter } = context;
  const { dir } = request;
  const title = scenarioTitle(variant.name, variant.variant);
  const startedAt = performance.now();
  const planned = planVariant(variant, prepared, request);
  const finish = async (result: Result) => {
    await reporter.on({ type: 'finished', title, result });
    return result;
  };
  const { scenario, kernel } = planned;
  if (planned.kind === 'skip') return finish(skippedResult(scenario, kernel.name, planned.reasons));
  const folder = path.join(dir, 'results', resultFolder(scenario.name, scenario.variant));
  const onPhase = (phase: string) => void reporter.on({ type: 'phase', title, phase });
  const variantRun = toRun(planned, folder, onPhase, context);
  await request.gdb?.(variantRun);
  const evidence = await runVariant(variantRun);
  await writeFile(path.join(folder, 'evidence.json'), JSON.stringify(evidence, null, 2) + '\n');
  const verdict = judge(evidence);
  await writeRepro({ dir: folder, evidence, verdict, plan: planned.plan, kernel, ...prepared });
  const wallMs = performance.now() - startedAt;
  return finish(
    makeResult(evidence, verdict, { kernel: kernel.name, wallMs, artifacts: await filesIn(dir, folder) }),
  );
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
