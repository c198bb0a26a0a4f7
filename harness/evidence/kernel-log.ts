import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { logPatterns } from './log-patterns.js';

/** A line that matched a row of the table. `step` is the step during which it was printed, if any. */
export type LogFinding = { pattern: string; text: string; line: number; step?: string };

/** A console that never stops printing errors: the rest is counted, the file has it. */
const maxFindings = 100;

const stepMark = /p2plab: (begin|end) (\S+)/;
const printkPrefix = /^(?:<\d+>)?\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/;

/** Reads a console log from its first byte, in bounded memory. An absent file has no findings. */
export async function readKernelLog(file: string): Promise<{ findings: LogFinding[]; more: number }> {
  const reader = new KernelLogReader();
  const stream = createReadStream(file, { encoding: 'latin1' });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) reader.take(line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return reader;
}

/** Line by line, so that it can be fed from anything. */
export class KernelLogReader {
  readonly findings: LogFinding[] = [];
  more = 0;
  #line = 0;
  #step: string | undefined;

  take(raw: string): void {
    this.#line += 1;
    const text = raw.replace(printkPrefix, '').trimEnd();
    const mark = stepMark.exec(text);
    if (mark) this.#step = mark[1] === 'begin' ? mark[2] : undefined;
    const row = logPatterns.find(({ pattern }) => pattern.test(text));
    if (!row) return;
    if (this.findings.length >= maxFindings) this.more += 1;
    else this.findings.push({ pattern: row.name, text, line: this.#line, step: this.#step });
  }
}
