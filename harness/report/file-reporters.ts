import { appendFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Reporter, RunEvent } from './reporter.js';
import { runDocumentSchema, type Result, type RunDocument } from './run-document.js';
import { tapLines } from './tap.js';

/** events.jsonl: every event with its time. */
export const eventsFile = (dir: string): Reporter => ({
  name: 'events.jsonl',
  on: (event) =>
    appendFile(
      path.join(dir, 'events.jsonl'),
      JSON.stringify({ at: new Date().toISOString(), ...event }) + '\n',
    ),
});

/**
 * run.json: whole and valid after every event, so that a killed run leaves what had finished.
 * @param inOrder sorts results, which end in any order
 */
export function runJsonFile(
  dir: string,
  inOrder = (results: readonly Result[]): Result[] => [...results],
): Reporter {
  let run: Omit<RunDocument, 'results'> | undefined;
  const results: Result[] = [];
  const write = async (document: RunDocument) => {
    const file = path.join(dir, 'run.json');
    const text = JSON.stringify(runDocumentSchema.parse(document), null, 2) + '\n';
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  return {
    name: 'run.json',
    async on(event: RunEvent) {
      if (event.type === 'started') run = event.run;
      if (event.type === 'finished') results.push(event.result);
      if (!run || !['started', 'finished', 'ended'].includes(event.type)) return;
      const ended = event.type === 'ended' ? { state: event.state, endedAt: new Date().toISOString() } : {};
      await write({ ...run, ...ended, results: event.type === 'ended' ? event.results : inOrder(results) });
    },
  };
}

/** run.tap: TAP 14, a test point as each variant ends. */
export function tapFile(dir: string): Reporter {
  let count = 0;
  let begun = false;
  const file = path.join(dir, 'run.tap');
  return {
    name: 'run.tap',
    async on(event) {
      if (event.type === 'started') {
        begun = true;
        await writeFile(file, `TAP version 14\n1..${event.count}\n`);
      }
      if (event.type === 'finished') await appendFile(file, tapLines(++count, event.title, event.result));
      if (event.type === 'ended' && event.state !== 'finished')
        await appendFile(file, `${begun ? '' : 'TAP version 14\n'}Bail out! ${event.state}\n`);
    },
  };
}
