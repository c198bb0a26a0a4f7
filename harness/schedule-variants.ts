import os from 'node:os';
import { hostMemory } from './host/host-memory.js';
import { bootGroups } from './plan/boot-groups.js';
import type { HostFacts } from './plan/host-facts.js';
import { loadOf } from './plan/load.js';
import {
  inOrderOfStart,
  jobsAtOnce,
  nextToStart,
  type Job,
  type Room,
  type RunningJob,
} from './plan/next-to-start.js';
import { expectedMemory, workIdOf } from './report/expected-memory.js';
import { expectedProcessors } from './report/expected-processors.js';
import { expectedSeconds } from './report/expected-seconds.js';
import type { HistoryEntry } from './report/history.js';
import type { Scenario } from './scenario/scenario.js';
import { canShareBoot } from './workload/can-share-boot.js';

export type Scheduling = {
  jobs: number;
  history: readonly HistoryEntry[];
  kernelOf: (scenario: Scenario) => { name: string; id: string };
  /** Undefined where that is not known yet. */
  accelerator?: HostFacts['accelerator'];
  /** Whether QEMU's plugin counts what runs. */
  counted: boolean;
  /** Whether times are measured: then all variants run alone, and not only those tagged `bench`. */
  measured: boolean;
  /** Whether variants may run on the boot of another. */
  shareBoots: boolean;
  /** Whether variants begin in their order: the run may end with any of them, and the likeliest come first. */
  inOrder: boolean;
  /** Bytes of memory that the host has free at this moment. */
  freeMemory?: () => number;
};

/** `--jobs` counts ordinary machines, which have so many vCPUs; a variant of two of them is as much as two variants. */
const cpusPerJob = 2;

/**
 * Which variants run together on one boot, and which of these groups begins next: the longest by what it took on this
 * host, or by an estimate, as far as CPUs and the host's free memory go; or just the next.
 */
export function scheduleVariants(variants: readonly Scenario[], scheduling: Scheduling) {
  const { freeMemory = () => hostMemory().free } = scheduling;
  const timed = variants.map((scenario) => ({
    ...{ scenario, key: keyOf(scenario, scheduling) },
    ...jobOf(scenario, scheduling),
  }));
  const { jobs: most } = scheduling;
  const space = { jobs: most, cpus: cpusFor(most), processors: processorsFor(most) };
  const groups = bootGroups(timed, jobsAtOnce(timed, space));
  const jobs = groups.map((group) => ({
    group: group.map(({ scenario }) => scenario),
    ...group[0]!, // the same machines: what they can come to is the same
    memory: Math.max(...group.map(({ memory }) => memory)),
    seconds: group.reduce((sum, { seconds }) => sum + seconds, 0),
    processors: processorsOf(group),
  }));
  const order = scheduling.inOrder ? jobs : inOrderOfStart(jobs);
  const began = new Map<Group, RunningJob>();
  let idleFree = 0; // when nothing of ours had begun: guests take their memory little by little
  const next = (waiting: readonly Group[], runs: readonly Group[]): Group | undefined => {
    const waits = new Set(waiting);
    const running = runs.map((group) => began.get(group)!);
    const free = freeMemory();
    if (running.length === 0) idleFree = free;
    const taken = running.reduce((sum, { memory }) => sum + memory, 0);
    const memory = Math.min(idleFree, free + taken); // others may have taken some since
    const room: Room = { ...space, memory };
    const now = performance.now() / 1e3;
    const found = nextToStart(
      order.filter(({ group }) => waits.has(group)),
      running,
      room,
      now,
    );
    if (found) began.set(found.group, { ...found, startedAtSeconds: now });
    return found?.group;
  };
  return { groups: jobs.map(({ group }) => group), next };
}

/** Variants that run one after the other, on one boot as long as each leaves it as it found it. */
export type Group = readonly Scenario[];

/** What two variants must have in common to run on one boot. */
function keyOf(scenario: Scenario, { shareBoots, kernelOf }: Scheduling): string | undefined {
  if (!shareBoots || !canShareBoot(scenario)) return undefined;
  return JSON.stringify([kernelOf(scenario).name, scenario.machines, scenario.without]);
}

const cpusFor = (jobs: number) => Math.max(os.availableParallelism(), jobs * cpusPerJob);

/** Who runs one at a time wants just that. */
const processorsFor = (jobs: number) => (jobs > 1 ? Math.min(jobs, os.availableParallelism()) : 0);

/** The most that one of them keeps busy; undefined when it is not known of all. */
function processorsOf(group: readonly Job[]): number | undefined {
  const known = group.flatMap(({ processors }) => processors ?? []);
  return known.length === group.length ? Math.max(...known) : undefined;
}

function jobOf(scenario: Scenario, scheduling: Scheduling): Job {
  const { history, kernelOf, counted, measured, accelerator } = scheduling;
  const { name, id: kernelId } = kernelOf(scenario);
  const { seconds } = expectedSeconds(scenario, history, name);
  const load = loadOf(scenario, counted);
  const workId = counted || !accelerator ? undefined : workIdOf(scenario, { kernelId, accelerator });
  const { bytes: memory } = expectedMemory(workId, load, history);
  const processors = counted ? undefined : expectedProcessors(scenario, history, name);
  return { seconds, alone: measured || scenario.tags.includes('bench'), ...load, memory, processors };
}
