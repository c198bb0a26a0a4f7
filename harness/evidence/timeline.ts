import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { QmpEvent } from '../vm/qmp-client.js';
import type { StepEvidence } from './evidence.js';
import { sumByRegion } from './ledger.js';

/** In a result's folder: a line of JSON for the header, then one for each entry, in the order of the host's clock. */
export const timelineFile = 'timeline.jsonl';

export type TimelineHeader = { schema: 'p2plab.timeline/1'; title: string; startedAt: string };

export type TimelineEvent =
  | { type: 'phase'; phase: string }
  | { type: 'console'; machine: string; text: string }
  | { type: 'qmp'; machine: string; event: string; data?: unknown }
  | {
      type: 'step';
      machine: string;
      step: string;
      ms: number;
      /** Whether every command succeeded. */
      succeeded: boolean;
      /** The ledger's totals, when there is one. */
      bytesByRegion: Record<string, number>;
    }
  | { type: 'dropped'; entries: number };

/** `atMs`: the host's monotonic clock, from the start of the variant. */
export type TimelineEntry = { atMs: number } & TimelineEvent;

/** A guest may print without end: so much is kept. Consoles have their own files, which are whole. */
const maxBytes = 4 * 2 ** 20;
const maxTextChars = 500;

/**
 * Everything that happens to a variant's machines on one clock. A console's line is there when the host has seen it,
 * up to 25 ms after it was printed.
 */
export class Timeline implements AsyncDisposable {
  readonly #stream: WriteStream;
  readonly #startedAt = performance.now();
  readonly #written: Promise<void>;
  #bytes = 0;
  #dropped = 0;

  constructor(file: string, title: string) {
    this.#stream = createWriteStream(file);
    this.#written = finished(this.#stream);
    this.#written.catch(() => {}); // told when it is disposed of
    const header: TimelineHeader = {
      schema: 'p2plab.timeline/1',
      title,
      startedAt: new Date().toISOString(),
    };
    this.#stream.write(JSON.stringify(header) + '\n');
  }

  add(event: TimelineEvent): void {
    const entry: TimelineEntry = {
      atMs: Math.round((performance.now() - this.#startedAt) * 1000) / 1000,
      ...event,
    };
    const line = JSON.stringify(entry) + '\n';
    // phases and steps are few, and without them the rest has no place
    if (this.#bytes + line.length > maxBytes && (event.type === 'console' || event.type === 'qmp')) {
      this.#dropped += 1;
      return;
    }
    this.#bytes += line.length;
    if (!this.#stream.writableEnded) this.#stream.write(line);
  }

  line(machine: string, line: string): void {
    this.add({ type: 'console', machine, text: line.trimEnd().slice(0, maxTextChars) });
  }

  qmp(machine: string, { event, data }: Pick<QmpEvent, 'event' | 'data'>): void {
    this.add({ type: 'qmp', machine, event, data });
  }

  step({ name: step, machine, ms, commands, ledgers }: StepEvidence): void {
    const succeeded = commands.every(({ exitCode }) => exitCode === 0);
    this.add({
      type: 'step',
      machine,
      step,
      ms,
      succeeded,
      bytesByRegion: sumByRegion(Object.values(ledgers)),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#dropped > 0) this.add({ type: 'dropped', entries: this.#dropped });
    this.#stream.end();
    await this.#written;
  }
}
