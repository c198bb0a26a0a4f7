import { createHash } from 'node:crypto';
import type { HostFacts } from '../plan/host-facts.js';
import { inMiB, mostMemoryOf, type Load } from '../plan/load.js';
import { scenarioId } from '../scenario/scenario-id.js';
import type { Scenario } from '../scenario/scenario.js';
import type { HistoryEntry } from './history.js';

/** Bytes to keep free for a variant. */
export type ExpectedMemory = {
  bytes: number;
  /** The most that it came to in so many earlier runs; undefined of one that is not known. */
  seen?: { peakBytes: number; runs: number };
};

/** Where it runs, as far as memory hangs on that: TCG keeps what it has translated. */
export type RunsOn = { kernelId: string; accelerator: HostFacts['accelerator'] };

const lastRuns = 5;
/** Half as much again: runs that do the same were seen to differ by 1 %, on a host that was as busy as can be. */
const margin = 1.5;

/**
 * The same for runs that do the same: all of the scenario, on the same kernel bit by bit. What a patched kernel takes is
 * not known before it ran: it may have a leak.
 */
export const workIdOf = (scenario: Scenario, { kernelId, accelerator }: RunsOn): string =>
  createHash('sha256')
    .update(JSON.stringify([scenarioId(scenario), kernelId, accelerator]))
    .digest('hex')
    .slice(0, 16);

/** By the largest peak of the last runs that did the same; else all that the machines can come to. */
export function expectedMemory(
  workId: string | undefined,
  { mostMemory }: Pick<Load, 'mostMemory'>,
  history: readonly HistoryEntry[],
): ExpectedMemory {
  const peaks = history
    .flatMap((entry) => (entry.workId === workId ? (entry.peakMemoryBytes ?? []) : []))
    .slice(-lastRuns);
  if (workId === undefined || peaks.length === 0) return { bytes: mostMemory };
  const peakBytes = Math.max(...peaks);
  return {
    bytes: Math.max(peakBytes, Math.min(mostMemory, Math.ceil(peakBytes * margin))),
    seen: { peakBytes, runs: peaks.length },
  };
}

/** What of a variant's memory is known, and how. */
export function memoryText({ bytes, seen }: ExpectedMemory, scenario: Pick<Scenario, 'machines'>): string {
  const { guests, bars, qemu } = mostMemoryOf(scenario);
  const most = `guests ${inMiB(guests)}, BARs ${inMiB(bars)}, QEMU ${inMiB(qemu)}`;
  if (!seen) return `${inMiB(bytes)}: ${most}; not run yet on this host and this kernel`;
  const runs = seen.runs === 1 ? 'in the last run' : `in the last ${seen.runs} runs`;
  return `${inMiB(bytes)}: it came to ${inMiB(seen.peakBytes)} ${runs} here; at the very most ${inMiB(guests + bars + qemu)} (${most})`;
}

/** What all that ran on this host came to. */
export function peaksText(history: readonly HistoryEntry[]): string {
  const peaks = history.flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? []).sort((a, b) => a - b);
  const [middle, most] = [peaks[Math.floor(peaks.length / 2)], peaks.at(-1)];
  if (middle === undefined || most === undefined) return 'what a run takes here is not known yet';
  return `half of ${peaks.length} runs here came to no more than ${inMiB(middle)}, the largest to ${inMiB(most)}`;
}
