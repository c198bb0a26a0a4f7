import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { RunEvent } from './reporter.js';
import { runDocumentSchema, type Result, type RunDocument } from './run-document.js';
import { orInterrupted } from './run-owner.js';

/** A line of events.jsonl. */
export type TimedEvent = RunEvent & { at: string };

/** What every report is made of. */
export type LoadedRun = {
  /** The run folder: what `artifacts` of a result are relative to. */
  dir: string;
  /** Of a run that was killed: what had finished, `interrupted`, or `running` where that cannot be told. */
  run: RunDocument;
  /** In their order; none when the run has no events.jsonl. */
  events: TimedEvent[];
};

/**
 * Reads run.json, or what events.jsonl has of a run that was killed before it could write that.
 * @throws HarnessError when the folder is not a run's, or of another version of p2plab
 */
export async function loadRun(dir: string): Promise<LoadedRun> {
  const file = path.join(dir, 'run.json');
  const events = readEvents(await textOf(path.join(dir, 'events.jsonl')));
  const text = await textOf(file);
  const whole = text === undefined ? undefined : parsed(text);
  const document = whole ?? rebuilt(events);
  if (document === undefined) throw await notARun(dir, { file, text });
  const run = runDocumentSchema.safeParse(document);
  if (!run.success) throw otherVersion(whole ? file : path.join(dir, 'events.jsonl'), run.error);
  return { dir, run: await orInterrupted(dir, run.data, events.at(-1)?.at), events };
}

/** A run that was killed leaves the last line cut off; that line, or what else is no event, is left out. */
function readEvents(text = ''): TimedEvent[] {
  return text.split('\n').flatMap((line) => {
    const event = parsed(line) as TimedEvent | undefined;
    return typeof event === 'object' && typeof event?.type === 'string' ? [event] : [];
  });
}

/** As run.json would be; undefined when the run had not started. */
function rebuilt(events: readonly TimedEvent[]): RunDocument | undefined {
  const started = events.find((event) => event.type === 'started');
  if (!started) return undefined;
  const finished: Result[] = events.flatMap((event) => (event.type === 'finished' ? [event.result] : []));
  const ended = events.find((event) => event.type === 'ended');
  const end = ended ? { state: ended.state, endedAt: ended.at } : {};
  return { ...started.run, ...end, results: ended?.results ?? finished };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function notARun(dir: string, { file, text }: { file: string; text?: string }): Promise<HarnessError> {
  const remedy = 'give the folder of a run, which has run.json or events.jsonl';
  if (text !== undefined)
    return new HarnessError('scenario', `${file} is no JSON, and events.jsonl does not tell of a start`, {
      remedy,
      evidence: file,
    });
  const isDir = await stat(dir).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  const what =
    isDir === undefined ? 'is not there' : isDir ? 'has no run that had started in it' : 'is not a folder';
  return new HarnessError('scenario', `${dir} ${what}`, { remedy });
}

function otherVersion(file: string, cause: { issues: { path: PropertyKey[]; message: string }[] }) {
  const [first] = cause.issues;
  const where = first ? `: ${first.path.map(String).join('.') || 'document'}: ${first.message}` : '';
  return new HarnessError('scenario', `${file} is not a p2plab.run/1 document${where}`, {
    remedy: 'report it with the version of p2plab that made it',
    evidence: file,
    cause,
  });
}
