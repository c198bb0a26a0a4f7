import type { LoadedRun, TimedEvent } from '../report/load-run.js';
import type { RunDocument } from '../report/run-document.js';

/** The runs of single jobs as one machine would have written them, in the order given. */
export type MergedRun = { run: RunDocument; events: TimedEvent[] };

type Header = Omit<RunDocument, 'results'>;

/**
 * One run of many, pure. What is said of kernels and image comes once, then each job's events as they were, with their
 * own times.
 * @param count jobs of the plan, of which some may be missing; then the state is `interrupted`
 */
export function mergeRuns(
  runs: readonly LoadedRun[],
  { id, dir, count }: { id: string; dir: string; count: number },
): MergedRun {
  const headers = runs.map(({ run: { results: _, ...header } }) => header);
  const results = runs.flatMap(({ run }) => run.results);
  const first = headers[0]!;
  const startedAt = headers.map((header) => header.startedAt).sort()[0]!;
  const endedAt = headers
    .map((header) => header.endedAt ?? header.startedAt)
    .sort()
    .at(-1)!;
  const state = runs.length < count ? 'interrupted' : worstState(headers);
  const header: Header = {
    ...first,
    ...{ id, startedAt, endedAt: null, state: 'running' },
    host: mergeHosts(headers.map(({ host }) => host)),
    kernels: uniqueBy(
      headers.flatMap(({ kernels }) => kernels),
      (kernel) => `${kernel.name} ${kernel.id}`,
    ),
  };
  const started: TimedEvent = { at: startedAt, type: 'started', dir, count, run: header };
  const jobs = runs.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'phase' || type === 'finished'),
  );
  const ended: TimedEvent = { at: endedAt, type: 'ended', dir, state, results };
  return {
    run: { ...header, state, endedAt, results },
    events: [...preparations(runs), started, ...jobs, ended],
  };
}

/** Kernels in the order of their use, then images: each once, as it was first prepared. */
function preparations(runs: readonly LoadedRun[]): TimedEvent[] {
  const told = new Map<string, TimedEvent[]>();
  for (const { events } of runs) {
    let before: TimedEvent[] = [];
    for (const event of events) {
      if (event.type === 'preparing') before.push(event);
      if (event.type !== 'prepared') continue;
      const key = `${event.subject} ${event.what.replace(/, cached$/, '')}`;
      if (!told.has(key)) told.set(key, [...before, event]);
      before = [];
    }
  }
  const subjectOf = ([key]: [string, TimedEvent[]]) => (key.startsWith('kernel ') ? 0 : 1);
  return [...told].sort((a, b) => subjectOf(a) - subjectOf(b)).flatMap(([, events]) => events);
}

/** Of equal hosts that host; of others each of their names, and the least of what they have. */
function mergeHosts(hosts: readonly RunDocument['host'][]): RunDocument['host'] {
  const all = (pick: (host: RunDocument['host']) => string) => [...new Set(hosts.map(pick))].join(', ');
  const least = (pick: (host: RunDocument['host']) => number) => Math.min(...hosts.map(pick));
  const accelerators = new Map<string, number>();
  for (const { accelerator } of hosts)
    accelerators.set(accelerator, (accelerators.get(accelerator) ?? 0) + 1);
  const mixed = [...accelerators].map(([name, jobs]) => `${jobs} jobs on ${name}`).join(', ');
  return {
    cpuModel: all((host) => host.cpuModel),
    cpus: least((host) => host.cpus),
    memoryMiB: least((host) => host.memoryMiB),
    kernel: all((host) => host.kernel),
    qemu: all((host) => host.qemu),
    accelerator: hosts[0]!.accelerator,
    acceleratorWhy: accelerators.size > 1 ? mixed : all((host) => host.acceleratorWhy),
    node: all((host) => host.node),
  };
}

function worstState(headers: readonly Header[]): RunDocument['state'] {
  const states = headers.map(({ state }) => state);
  return (
    (['broken', 'interrupted', 'running'] as const).find((state) => states.includes(state)) ?? 'finished'
  );
}

/** Each once, in the order of the first of its key. */
function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(key(item))) first.set(key(item), item);
  return [...first.values()];
}
