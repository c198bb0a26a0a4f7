import os from 'node:os';
import { hostMemory } from './host/host-memory.js';
import { loadOf } from './plan/load.js';
import { inOrderOfStart, nextToStart, type Job, type Room, type RunningJob } from './plan/next-to-start.js';
import { expectedSeconds } from './report/expected-seconds.js';
import type { HistoryEntry } from './report/history.js';
import { scenarioTitle, type Scenario } from './scenario/scenario.js';

export type Scheduling = {
  jobs: number;
  history: readonly HistoryEntry[];
  kernelOf: (scenario: Scenario) => { name: string };
  /** Whether QEMU's plugin counts what runs. */
  counted: boolean;
  /** Whether times are measured: then all variants run alone, and not only those tagged `bench`. */
  measured: boolean;
};

/** `--jobs` counts ordinary machines, which have so many vCPUs; a variant of two of them is as much as two variants. */
const cpusPerJob = 2;

/**
 * Which variant begins next: the longest by what it took on this host, or by an estimate, as far as CPUs and the
 * host's free memory go.
 */
export function scheduleVariants(variants: readonly Scenario[], scheduling: Scheduling) {
  const jobs = variants.map((scenario) => ({ scenario, ...jobOf(scenario, scheduling) }));
  const order = inOrderOfStart(jobs);
  const began = new Map<Scenario, RunningJob>();
  let idleFree = 0; // when nothing of ours had begun: guests take their memory little by little
  return (waiting: readonly Scenario[], runs: readonly Scenario[]): Scenario | undefined => {
    const waits = new Set(waiting);
    const running = runs.map((scenario) => began.get(scenario)!);
    const { free } = hostMemory();
    if (running.length === 0) idleFree = free;
    const taken = running.reduce((sum, { memory }) => sum + memory, 0);
    const memory = Math.min(idleFree, free + taken); // others may have taken some since
    const room: Room = { jobs: scheduling.jobs, cpus: cpusFor(scheduling.jobs), memory };
    const now = performance.now() / 1e3;
    const next = nextToStart(
      order.filter(({ scenario }) => waits.has(scenario)),
      running,
      room,
      now,
    );
    if (next) began.set(next.scenario, { ...next, startedAtSeconds: now });
    return next?.scenario;
  };
}

const cpusFor = (jobs: number) => Math.max(os.availableParallelism(), jobs * cpusPerJob);

function jobOf(scenario: Scenario, { history, kernelOf, counted, measured }: Scheduling): Job {
  const title = scenarioTitle(scenario.name, scenario.variant);
  const { name } = kernelOf(scenario);
  const ofThis = history.filter((entry) => entry.title === title);
  const onThis = expectedSeconds(
    scenario,
    ofThis.filter(({ kernel }) => kernel === name),
  );
  const { seconds } = onThis.measured ? onThis : expectedSeconds(scenario, ofThis);
  return { seconds, alone: measured || scenario.tags.includes('bench'), ...loadOf(scenario, counted) };
}
