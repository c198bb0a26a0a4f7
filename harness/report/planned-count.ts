import type { LoadedRun } from './load-run.js';

/** How many results the run was to have; those that it has when it ended, or when nothing tells. */
export function plannedCount({ run, events }: LoadedRun): number {
  const started = events.find((event) => event.type === 'started');
  return run.state === 'finished' || !started
    ? run.results.length
    : Math.max(started.count, run.results.length);
}
