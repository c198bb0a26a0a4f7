import { createHash } from 'node:crypto';
import type { LogPattern } from './log-patterns.js';
import { addFrame, parseFrame, parseInstruction, tellingFrames, type Frame } from './oops-frames.js';

const maxLines = 400;
const maxLine = 512;
/** From the first line to the trace there are registers, held locks and the like; longer, and it has none. */
const maxHeadLines = 80;
/** Lines of other processors between those of a trace that is not over yet, without callers to tell them apart. */
const maxForeignLines = 8;
const maxTitle = 160;
/** Frames that make the fingerprint: enough to tell causes apart, few enough to be the same on every path there. */
const fingerprintFrames = 3;

const traceBegins = /^\s*Call [Tt]race:/;
const taskBegins = /^\s*<TASK>$/;
const endTrace = /^---\[ end trace/;
// In and behind a trace: what surrounds it in show_regs() and oops_end() (arch/x86/kernel/{process_64,dumpstack}.c).
const traceMark = /^\s*<\/?[A-Z#]\w*>$|^\s*\[<[0-9a-f]+>\]/;
const registers =
  /^(?:RIP|RSP|RAX|RBX|RCX|RDX|RSI|RDI|RBP|R\d\d|CR\d|FS|DR\d|PKRU|CS|Code):|^(?:ORIG_RAX|irq event stamp|(?:hard|soft)irqs last)/;
const behindTrace =
  /^rcu: |^task:|^Modules linked in:|^Kernel Offset|^(?:CPU|Hardware name|Tainted|Sending NMI)\b|^$/;

/** Lines that the kernel printed about one trouble, and what they say. Memory is bounded. */
export class Splat {
  readonly lines: string[] = [];
  readonly frames: Frame[] = [];
  #at: 'head' | 'trace' | 'behind' = 'head';
  #closed = false;
  #foreign = 0;
  #headLines = 0;

  constructor(
    readonly row: LogPattern,
    readonly head: RegExpExecArray,
    before: readonly string[],
    text: string,
  ) {
    this.lines.push(...[...before, text].map(cut));
    this.#closed = row.splat === undefined;
    if (row.splat?.trace?.test(text)) this.#at = 'trace';
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Before its trace, trouble that is told again has a `cut here` of its own. */
  get inHead(): boolean {
    return !this.#closed && this.#at === 'head' && this.row.splat?.again !== undefined;
  }

  /** @returns false when the line is not of this splat, which is closed then */
  take(text: string): boolean {
    if (this.#closed) return false;
    if (!this.#accepts(text)) {
      if (this.#at === 'trace' && ++this.#foreign <= maxForeignLines) return true;
      this.#closed = true;
      return false;
    }
    this.lines.push(cut(text));
    const ends = endTrace.test(text) || this.row.splat?.until?.test(text);
    if (ends || this.lines.length >= maxLines) this.#closed = true;
    return true;
  }

  get title(): string {
    const [telling] = tellingFrames(this.frames);
    const title = this.row.title(this.head, {
      inFunction: telling ? ` in ${telling.function}` : '',
      find: (pattern) => {
        const line = this.lines.find((text) => pattern.test(text));
        return line === undefined ? undefined : (pattern.exec(line) ?? undefined);
      },
    });
    return title.slice(0, maxTitle);
  }

  /** The same for the same trouble: of the row and the functions of the trace, or else of the title. */
  get fingerprint(): string {
    const functions = tellingFrames(this.frames)
      .slice(0, fingerprintFrames)
      .map((frame) => frame.function);
    const parts = [this.row.name, ...(functions.length > 0 ? functions : [this.title])];
    return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  }

  #accepts(text: string): boolean {
    const { until, trace } = this.row.splat ?? {};
    if (this.row.splat?.instead?.test(text)) {
      this.frames.length = 0;
      this.#at = 'head';
      this.#headLines = 0;
    }
    if (this.#at === 'head') {
      const instruction = parseInstruction(text);
      if (instruction && this.frames.length === 0) addFrame(this.frames, instruction);
      if (traceBegins.test(text) || trace?.test(text)) this.#at = 'trace';
      return ++this.#headLines < maxHeadLines;
    }
    if (this.#at === 'trace') {
      const frame = parseFrame(text);
      if (frame) addFrame(this.frames, frame);
      if (frame !== undefined || traceMark.test(text) || registers.test(text) || parseInstruction(text)) {
        if (/^\s*<\/TASK>$/.test(text)) this.#at = 'behind';
        return true;
      }
      if (text !== '' && this.lines.some((line) => taskBegins.test(line))) return false;
      if (this.frames.length > 0) this.#at = 'behind';
    }
    return until !== undefined || registers.test(text) || behindTrace.test(text) || endTrace.test(text);
  }
}

const cut = (text: string): string => text.slice(0, maxLine);
