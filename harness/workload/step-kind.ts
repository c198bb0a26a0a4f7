import type { StepSyntax } from '../scenario/step-syntax.js';
import type { ActionEnd, QmpAction } from '../vm/perform-action.js';
import type { Rig } from './rig.js';

/** One script of a step; the label tells a step's commands apart: `bs=4k`. `on`: another machine than the step's. */
export type GuestCommand = { label: string; on?: string; script: string };

/**
 * What QEMU does to a machine between the guest's commands. A scenario cannot say such a thing, only a kind of step
 * can. With `ends` the machine is not there any more afterwards, as was meant: nothing is asked of it from then on.
 */
export type MachineAction = { label: string; on?: string; qmp: QmpAction; ends?: true };

export type StepCommand = GuestCommand | MachineAction;

/** What an action had to say: the JSON that stands in place of a script's output. */
export const actionEnd = (output: CommandOutput | undefined): ActionEnd =>
  JSON.parse(output?.stdout ?? '') as ActionEnd;

/** What came back. `stdout` and `stderr` are whole unless `truncated`. */
export type CommandOutput = {
  label: string;
  exitCode?: number;
  signal?: string;
  stdout: string;
  stderr: string;
};

/** One recorded figure or word. With `better` it is also a metric of the result. */
export type Sample = { name: string; value: number | string; unit?: string; better?: 'higher' | 'lower' };

/**
 * A kind of step, in one file: how it is written in YAML, which commands it is in the guest, what its output says.
 * It records and never judges; expectations do that.
 */
export type StepKind<P> = StepSyntax<P> & {
  /** For `p2plab steps`: what it does, its parameters with their defaults, the samples it records. */
  summary: string;
  parameters: string;
  records?: string;
  /** POSIX shell scripts and actions, one after the other until one fails. Pure, so that a plan can print them. */
  commands(params: P, rig: Rig): StepCommand[];
  /** @throws Error when the output cannot be what the command prints */
  samples(params: P, outputs: CommandOutput[]): Sample[];
  /** Files of the host that must be in the guest first (own-files.ts), as the scenario names them. */
  files?(params: P): string[];
  /** Of a kind that connects disks: the subsystem whose namespaces they are, from the first, and for which host. */
  connectsTo?(params: P): { subsystem: string; host: number };
  /** Of a kind that exports drives: as the namespaces of which subsystem, from the first. */
  exports?(params: P): { subsystem: string; drives: string[] };
  /** Of a kind that moves data in checksummed blocks: which blocks, so that they can be found again in memory. */
  blocks?(params: P): BlockRange[];
  /**
   * The same work with peer memory switched off, and little of it: the control run, from which a claim of
   * peer-to-peer must differ. A kind without it has no part in the control run, nor has a step for which it gives nothing.
   */
  withoutP2p?(params: P): P | undefined;
  /** Of a kind that does I/O: that I/O alone, as often as wanted, of each of its sizes. It leaves all as it was. */
  repeated?(params: P, rig: Rig): RepeatedIo[];
  /** Scripts that leave the guest as it was before the step; what is gone already is no error. */
  undo?(params: P, rig: Rig): GuestCommand[];
  /**
   * Of a kind after which another variant may follow on the same boot: what it leaves behind even after its undo is
   * taken back with these scripts, whether the step ran to its end or not. That the guest is as it was is looked at.
   */
  asFound?(params: P, rig: Rig): GuestCommand[];
};

/** For `asFound`. */
export const leavesNothing = (): GuestCommand[] => [];

/**
 * `name`: `bs=4k`. `most`: how many I/Os there is room for. The scripts differ in the number of I/Os and in nothing else,
 * and end with a line that tells how many there were: `ios 128`.
 */
export type RepeatedIo = {
  name: string;
  blockBytes: number;
  most: number;
  script: (ios: number) => string;
};

/** Blocks of `blockBytes` at offsets from `start` up to `end` of the disk. */
export type BlockRange = { blockBytes: number; start: number; end: number };

/** Keeps P where the kind is written and forgets it where kinds are kept in one table. */
export function stepKind<P>(kind: StepKind<P>): AnyStepKind {
  return kind as unknown as AnyStepKind;
}
// The params of a step have passed this very kind's schema, so `never` is only the type that fits every kind.
export type AnyStepKind = StepKind<never>;
