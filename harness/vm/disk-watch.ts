import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '../common/deadline.js';
import { DiskFull } from '../common/errors.js';
import { freeBytesOf, fullBytes } from '../host/full-disk.js';
import { vmFiles } from '../plan/qemu-argv.js';

const pollMs = 250;
/** strerror(3) of ENOSPC and EDQUOT, in QEMU's words on a drive's file. */
const saidSo = /No space left on device|Disk quota exceeded/;

/**
 * Watches the disk that a machine's files are on. When it is full, drives of the guest fail, its log and the DMA trace
 * miss lines, and QEMU dies of SIGBUS for a BAR: all of it looks like a kernel's fault.
 */
export class DiskWatch implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #polling: Promise<void>;
  #told: DiskFull | undefined;
  #tell: (error: DiskFull) => void = () => {};
  /** Resolves when it is seen to be full. */
  readonly full: Promise<DiskFull>;

  /**
   * @param dir the machine's folder
   * @param onFull is told once; also after QEMU's end, of what it has said
   */
  constructor(
    readonly dir: string,
    readonly onFull: (error: DiskFull) => void = () => {},
    readonly freeBytes: (dir: string) => Promise<number> = freeBytesOf,
  ) {
    this.full = new Promise((resolve) => (this.#tell = resolve));
    this.#polling = this.#poll();
  }

  /** By what is free now, and by what QEMU has said. */
  async look(): Promise<DiskFull | undefined> {
    const log = await readFile(path.join(this.dir, vmFiles.qemuLog), 'utf8').catch(() => '');
    if (saidSo.test(log)) this.#isFull('QEMU could not write to it');
    return this.#told ?? (await this.#measure());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#polling;
    await this.look();
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted && !(await this.#measure()))
      await sleep(pollMs, this.#stop.signal).catch(() => {});
  }

  async #measure(): Promise<DiskFull | undefined> {
    const free = await this.freeBytes(this.dir).catch(() => Infinity);
    if (free < fullBytes) this.#isFull(`${Math.floor(free / 1024)} KiB are free`);
    return this.#told;
  }

  #isFull(how: string): void {
    if (this.#told) return;
    this.#told = new DiskFull('host', `the disk of the run folder is full: ${how}`, {
      remedy: `free space on the disk of ${this.dir}, or name a folder on another with --out, then run it again`,
    });
    this.#tell(this.#told);
    this.onFull(this.#told);
  }
}
