import { asHarnessError, HarnessError, Interrupted } from './common/errors.js';
import { eventsFile, runJsonFile } from './report/file-reporters.js';
import { fanOut, type Reporter } from './report/reporter.js';
import type { Result, RunDocument } from './report/run-document.js';
import { ownRun } from './report/run-owner.js';
import { run, type RunRequest } from './run.js';
import { scenarioTitle, type Scenario } from './scenario/scenario.js';
import { rememberRun, sweepKilledRuns } from './sweep-killed-runs.js';

export type Told = {
  /** Besides events.jsonl and run.json, which every run folder has. */
  reporters: readonly Reporter[];
  /** Told of a reporter that failed. */
  complain: (line: string) => void;
  /** What ended the run early, before the reporters are told that it ended. */
  onError?: (error: unknown) => void;
};

/**
 * A run whose folder says what became of it, however it ends.
 * @returns the results in the order of the variants, whatever order they ended in
 * @throws what run() throws, when all reporters have been told
 */
export async function runInFolder(
  request: RunRequest,
  { reporters, complain, onError }: Told,
  signal: AbortSignal,
): Promise<Result[]> {
  const { dir } = request;
  const results: Result[] = [];
  const collect: Reporter = {
    name: 'results',
    on: (event) => void (event.type === 'finished' && results.push(event.result)),
  };
  const inOrder = byVariants(request.variants);
  const runJson = wholeAtLast(runJsonFile(dir, inOrder));
  const all = fanOut([eventsFile(dir), runJson, collect, ...reporters], complain);
  let state: RunDocument['state'] = 'finished';
  let finished: Result[];
  await sweepKilledRuns();
  const forget = await rememberRun(dir);
  const release = await ownRun(dir);
  try {
    finished = await run(request, all, signal);
  } catch (error) {
    state = endOf(error, signal);
    onError?.(error);
    throw error;
  } finally {
    await all.on({ type: 'ended', dir, state, results: inOrder(results) });
    await release();
    await forget();
  }
  if (runJson.failure) {
    onError?.(runJson.failure);
    throw runJson.failure;
  }
  return finished;
}

/** A reporter that writes all anew at each event: it may fail at some, and only the last decides. */
function wholeAtLast(reporter: Reporter): Reporter & { failure?: HarnessError } {
  const whole: Reporter & { failure?: HarnessError } = {
    name: reporter.name,
    async on(event) {
      try {
        await reporter.on(event);
        if (event.type === 'ended') whole.failure = undefined;
      } catch (cause) {
        const { blame, message, remedy } = asHarnessError(cause);
        const what = `${reporter.name} could not be written: ${message}`;
        whole.failure = new HarnessError(blame, what, { remedy, cause });
      }
    },
  };
  return whole;
}

/** Sorts results into the order in which their variants were given, whatever order they ran in. */
export function byVariants(
  variants: readonly Pick<Scenario, 'name' | 'variant'>[],
): (results: readonly Result[]) => Result[] {
  const places = new Map(variants.map(({ name, variant }, place) => [scenarioTitle(name, variant), place]));
  const placeOf = ({ scenario, variant }: Result) => places.get(scenarioTitle(scenario, variant)) ?? 0;
  return (results) => [...results].sort((a, b) => placeOf(a) - placeOf(b));
}

/** What to call the end of something that threw. */
export const endOf = (error: unknown, signal: AbortSignal): 'interrupted' | 'broken' =>
  signal.aborted || error instanceof Interrupted ? 'interrupted' : 'broken';
