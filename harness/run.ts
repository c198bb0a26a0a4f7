import { describeHost } from './host/describe-host.js';
import { mapUntil } from './map-until.js';
import { prepare, type Wanted } from './prepare.js';
import { readHistoryOf } from './report/history.js';
import type { Reporter } from './report/reporter.js';
import { runHeader } from './report/run-header.js';
import type { Result } from './report/run-document.js';
import { runGroup } from './run-group.js';
import type { VariantRun } from './variant/run-variant.js';
import type { OptionalEvidence } from './scenario/scenario.js';
import { scheduleVariants, type Group } from './schedule-variants.js';

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
    /** Whether variants may run on the boot of another that left its machines as it found them. */
    shareBoots?: boolean;
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
  const work = (group: Group, stop: AbortSignal) => runGroup(group, { ...context, signal: stop });
  const { groups, next } = scheduleVariants(variants, {
    ...{ jobs, history: await readHistoryOf(variants), kernelOf: prepared.kernelOf },
    accelerator: prepared.host.accelerator,
    ...{ counted: prepared.coveragePlugin !== undefined, measured: request.cost === true },
    ...{ shareBoots: request.shareBoots === true, inOrder: request.until !== undefined },
  });
  const until = (results: Result[]) => results.some((result) => request.until?.(result));
  return (await mapUntil(groups, work, { next, until, signal })).flat();
}
