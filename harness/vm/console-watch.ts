import { open, type FileHandle } from 'node:fs/promises';
import { sleep } from '../common/deadline.js';

/** Until the guest is up somebody waits for each line; later a look in a while will do. */
const pollMs = { booting: 4, booted: 25 };
const chunkBytes = 64 * 1024;
/** A line longer than this is cut: a guest may print without end. */
const maxLineBytes = 16 * 1024;
/** What a guest may print; the longest log of a scenario is a thousandth of it. More is neither read nor waited for. */
export const maxConsoleBytes = 256 * 2 ** 20;

/**
 * Follows a growing console log, which QEMU writes itself, so that nothing is lost when either side dies.
 * Memory is bounded: lines are handed on and forgotten.
 */
export class ConsoleWatch implements AsyncDisposable {
  readonly #listeners = new Set<(line: string) => void>();
  readonly #stop = new AbortController();
  #offset = 0;
  #rest = '';
  #polling: Promise<void> | undefined;
  #flood: () => void = () => {};
  #reading: Promise<void> = Promise.resolve();
  #pollMs = pollMs.booting;
  #file: string;
  /** Stays open from look to look, of which there are many a second. */
  #handle: FileHandle | undefined;
  readonly #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  /** Resolves when the guest has printed more than it may. */
  readonly flooded: Promise<void>;

  constructor(
    file: string,
    readonly maxBytes = maxConsoleBytes,
  ) {
    this.#file = file;
    this.flooded = new Promise((resolve) => (this.#flood = resolve));
  }

  get file(): string {
    return this.#file;
  }

  start(): void {
    this.#polling = this.#poll();
  }

  /** The guest has booted: it is looked at less often from now on. */
  slowDown(): void {
    this.#pollMs = pollMs.booted;
  }

  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first line from now on that matches. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const off = this.onLine((line) => {
        const match = pattern.exec(line);
        if (!match) return;
        off();
        resolve(match);
      });
    });
  }

  /** Reads what has been written up to now; call it after QEMU's exit to have seen everything. */
  async catchUp(): Promise<void> {
    await (this.#reading = this.#reading.then(() => this.#readOn()));
  }

  /** QEMU writes to another file from now on: the first is read to its end, then that one from its beginning. */
  async follow(file: string): Promise<void> {
    await (this.#reading = this.#reading.then(async () => {
      await this.#readOn();
      await this.#close();
      this.#file = file;
      this.#offset = 0;
      this.#rest = '';
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#polling;
    await (this.#reading = this.#reading.then(() => this.#close()));
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.catchUp();
      await sleep(this.#pollMs, this.#stop.signal).catch(() => {});
    }
  }

  async #readOn(): Promise<void> {
    this.#handle ??= await open(this.file).catch(() => undefined);
    if (!this.#handle) return; // QEMU has not created it yet
    while (await this.#readChunk(this.#handle));
    if (this.#stop.signal.aborted) await this.#close();
  }

  async #close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #readChunk(handle: FileHandle): Promise<boolean> {
    if (this.#offset >= this.maxBytes) {
      this.#flood();
      return false;
    }
    const { bytesRead, buffer } = await handle.read(this.#chunk, 0, chunkBytes, this.#offset);
    if (bytesRead === 0) return false;
    this.#offset += bytesRead;
    const lines = (this.#rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-maxLineBytes);
    for (const line of lines) for (const listener of this.#listeners) listener(line.trimEnd());
    return true;
  }
}
