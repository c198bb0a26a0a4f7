import type { Result, RunDocument } from './run-document.js';

/** Plain JSON, in the order of the run; events.jsonl is the record of it. */
export type RunEvent =
  /** Work before the first VM: packages, kernel, image. No `total` when there is nothing to count. */
  | { type: 'preparing'; subject: string; what: string; done?: number; total?: number }
  | { type: 'prepared'; subject: string; what: string }
  | { type: 'started'; dir: string; count: number; run: Omit<RunDocument, 'results'> }
  | { type: 'phase'; title: string; phase: string }
  /** `workId`: of workIdOf(), where what it took says something of the next time. */
  | { type: 'finished'; title: string; result: Result; workId?: string }
  | { type: 'ended'; dir: string; state: RunDocument['state']; results: Result[] };

/** Gets every event; `close` is the chance to finish a file. A reporter that throws is noted and left out. */
export type Reporter = { name: string; on(event: RunEvent): void | Promise<void> };

/**
 * Hands each event to every reporter, one event after the other however many variants run at the same time; a reporter
 * that throws is told once on `complain` and gets no more.
 */
export function fanOut(
  reporters: Reporter[],
  complain: (line: string) => void,
): Reporter & { add(reporter: Reporter): void } {
  const alive = new Set(reporters);
  const tell = async (event: RunEvent) => {
    for (const reporter of alive) {
      try {
        await reporter.on(event);
      } catch (error) {
        alive.delete(reporter);
        complain(
          `reporter ${reporter.name} failed and is left out: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  };
  let told = Promise.resolve();
  return {
    name: 'all',
    add: (reporter) => void alive.add(reporter),
    on: (event) => (told = told.then(() => tell(event))),
  };
}
