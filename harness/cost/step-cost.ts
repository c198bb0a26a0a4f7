import type { Apart } from './kernel-areas.js';

/** Instructions per I/O of one function of the kernel. */
export type FunctionCost = {
  /** As in the source, with its file where several have that name. */
  name: string;
  area: string;
  perIo: number;
  /** How far the pairs of runs are from each other: 0.0 for nearly all of the path. */
  spread: number;
  /** Processes run it, too, as they start and end: those differ from one to the next. */
  shared?: true;
  /** By symbol, where there are more of it than the function itself. */
  parts?: Record<string, number>;
  /** What of it was inlined, by function. */
  inlined?: Record<string, number>;
};

/** Set apart, not hidden: why it is not in the sum. `wanders`: it does not repeat; `seldom`: few I/Os
 * call it; `start`: it is paid per process. */
export type ApartCost = {
  name: string;
  perIo: number;
  spread: number;
  why: Apart | 'wanders' | 'seldom' | 'start';
};

/** What an I/O of a step costs one machine's kernel. */
export type StepCost = {
  /** The step's name, and which of its I/O if it is several. */
  step: string;
  machine: string;
  /** How many I/Os, and bytes, one pair of runs differs in. */
  ios: number;
  bytes: number;
  /** Of the I/O path, most expensive first. */
  functions: FunctionCost[];
  apart: ApartCost[];
  /** Sum over `functions`. */
  pathPerIo: number;
  /** The plugin's table was full: what is here is not all. */
  incomplete: boolean;
};

const mebibyte = 2 ** 20;

/** Instructions per MiB of the I/O path. */
export const pathPerMib = ({ pathPerIo, ios, bytes }: StepCost): number =>
  (pathPerIo * ios * mebibyte) / bytes;
