import { createReadStream } from 'node:fs';
import { linesOf, parseLogLine } from './kernel-log-line.js';
import { LeavingControllers } from './leaving-controllers.js';
import { consequence, logPatterns, stuckProcessor } from './log-patterns.js';
import { tellingFrames, type Frame } from './oops-frames.js';
import { Splat } from './oops-splat.js';

/** Trouble that the kernel's log tells of. */
export type LogFinding = {
  /** Name of the row in the table of patterns. */
  pattern: string;
  /** The same whenever this happens: `WARNING in p2pmem_free`. */
  title: string;
  /** For deduplication: a hash of the pattern and the functions of the trace. */
  fingerprint: string;
  /** The line that matched, without time and caller. */
  text: string;
  /** Of the line, in the console log from 1. */
  line: number;
  /** The step during which it was printed, if any. */
  step?: string;
  /** What a WARN() with a text said. */
  message?: string;
  /** The line of the panic that it ended in. */
  panic?: string;
  frames: Frame[];
  /** File and line of the frame that the title names, when symbolised. */
  where?: string;
  /** Its lines with file and line put in, beside the console log. */
  file?: string;
  /** Why frames have no file and line. */
  note?: string;
};

export type KernelLog = {
  findings: LogFinding[];
  /** Findings that were counted only. */
  more: number;
  /** Those by pattern and step. */
  uncounted?: { pattern: string; step?: string; count: number }[];
  /** The line that says that the guest's clock may run at another speed than the host's. */
  clockDoubt?: string;
};

/** On a loaded host the PIT may be off by far, and the kernel may believe it (arch/x86/kernel/tsc.c, 6.12). */
const clockDoubtLine = /tsc: PIT calibration deviates from .*/;

/** A console that never stops printing errors: the rest is counted, the file has it. */
const maxOfPatternInStep = 20;
const maxFindings = 300;
const maxText = 300;
/** Callers whose splats are open at a time. */
const maxCallers = 64;

const stepMark = /^p2plab: (begin|end) (\S+)$/;
const cutHere = /^-+\[ cut here \]-+$/;

/** Reads a console log from its first byte, in bounded memory. An absent file has no findings. */
export async function readKernelLog(file: string): Promise<KernelLogReader> {
  const reader = new KernelLogReader();
  const stream = createReadStream(file, { encoding: 'latin1' });
  try {
    for await (const line of linesOf(stream)) reader.take(line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  reader.end();
  return reader;
}

/** What one caller is printing: an open splat, or the lines since `cut here` that no row has matched yet. */
type Caller = { splat?: Splat; cut?: string[] };

/** Line by line, so that it can be fed from anything; `end()` completes what is open. */
export class KernelLogReader implements KernelLog {
  readonly findings: LogFinding[] = [];
  readonly uncounted: NonNullable<KernelLog['uncounted']> = [];
  more = 0;
  clockDoubt: string | undefined;
  readonly #splats = new Map<LogFinding, Splat>();
  readonly #callers = new Map<string, Caller>();
  readonly #leaving = new LeavingControllers();
  #last: LogFinding | undefined;
  #line = 0;
  #step: string | undefined;

  /** The lines of a finding's splat. */
  linesOf(finding: LogFinding): readonly string[] {
    return this.#splats.get(finding)?.lines ?? [finding.text];
  }

  take(raw: string): void {
    this.#line += 1;
    const { text, caller: name = '' } = parseLogLine(raw);
    this.clockDoubt ??= clockDoubtLine.exec(text)?.[0];
    if (this.#leaving.takes(text)) return;
    const mark = stepMark.exec(text);
    if (mark) this.#step = mark[1] === 'begin' ? mark[2] : undefined;
    const caller = this.#caller(name, text);
    if (this.#isConsequence(text, caller)) return;
    if (cutHere.test(text) && !caller.splat?.inHead) {
      this.#callers.set(name, { cut: [text] });
      return;
    }
    const row = logPatterns.find(({ pattern }) => pattern.test(text));
    const again = row && caller.splat && !caller.splat.closed && caller.splat.row.splat?.again?.test(text);
    if (row && !again) {
      const splat = this.#found(new Splat(row, row.pattern.exec(text)!, caller.cut ?? [], text));
      if (row.splat) this.#callers.set(name, { splat });
    } else if (caller.cut) {
      if (caller.cut.push(text) > 5) this.#callers.delete(name); // the text of a WARN() is a line, rarely two
    } else if (caller.splat && !caller.splat.take(text)) this.#callers.delete(name);
  }

  /** Titles, fingerprints and frames are there from now on. */
  end(): void {
    for (const [finding, splat] of this.#splats) {
      const { title, fingerprint, frames } = splat;
      Object.assign(finding, { title, fingerprint, frames });
    }
  }

  #caller(name: string, text: string): Caller {
    const known = this.#callers.get(name);
    if (known) return known;
    if (stuckProcessor.test(text) && this.#last) {
      const joined = { splat: this.#splats.get(this.#last)! };
      this.#callers.set(name, joined);
      return joined;
    }
    const [oldest] = this.#callers.keys();
    if (this.#callers.size >= maxCallers) this.#callers.delete(oldest!);
    return {};
  }

  #isConsequence(text: string, caller: Caller): boolean {
    if (!this.#last || !consequence.test(text)) return false;
    this.#last.panic ??= text.slice(0, maxText);
    caller.splat?.take(text);
    return true;
  }

  #found(splat: Splat): Splat {
    const { row, lines } = splat;
    const text = (lines.at(-1) ?? '').slice(0, maxText);
    const finding: LogFinding = {
      pattern: row.name,
      title: '',
      fingerprint: '',
      text,
      line: this.#line,
      frames: [],
    };
    if (this.#step !== undefined) finding.step = this.#step;
    if (lines.length > 2) finding.message = lines[1]!.slice(0, maxText);
    if (!this.#hasRoomFor(finding)) return splat;
    this.findings.push(finding);
    this.#splats.set(finding, splat);
    if (row.splat) this.#last = finding;
    return splat;
  }

  /** One kind of trouble must not hide another one by its number. */
  #hasRoomFor({ pattern, step }: LogFinding): boolean {
    const alike = (other: { pattern: string; step?: string }) =>
      other.pattern === pattern && other.step === step;
    if (this.findings.length < maxFindings && this.findings.filter(alike).length < maxOfPatternInStep)
      return true;
    this.more += 1;
    const counted = this.uncounted.find(alike);
    if (counted) counted.count += 1;
    else if (this.uncounted.length < maxFindings) this.uncounted.push({ pattern, step, count: 1 });
    return false;
  }
}

/** The frame that a finding is about. */
export const tellingFrame = ({ frames }: LogFinding): Frame | undefined => tellingFrames(frames)[0];
