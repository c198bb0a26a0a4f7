import type { DiskFull } from '../common/errors.js';
import { Scope } from '../common/scope.js';
import type { Timeline } from '../evidence/timeline.js';
import type { GuestState } from '../evidence/guest-state.js';
import type { Machines } from './start-machines.js';

/** Machines that run, for one variant after the other. Disposing of it stops them. */
export class Boot implements AsyncDisposable {
  /** Stops the machines. */
  readonly scope = new Scope();
  readonly machines: Machines = new Map();
  /** Titles of the variants that ran on it and left it as it was found, in their order. */
  readonly earlier: string[] = [];
  /** Of each guest before the first step, when that was asked. */
  readonly asFound = new Map<string, GuestState>();
  /** How much of each console the last variant was judged by. */
  readonly consoleBytes = new Map<string, number>();
  /** Processor time of each QEMU when that was last recorded. */
  readonly processorSeconds = new Map<string, number>();
  /** Of the variant that runs on it. */
  timeline: Timeline | undefined;
  /** Of the same variant: is told when the disk is full. */
  onFull: ((error: DiskFull) => void) | undefined;

  [Symbol.asyncDispose](): Promise<void> {
    return this.scope[Symbol.asyncDispose]();
  }
}
