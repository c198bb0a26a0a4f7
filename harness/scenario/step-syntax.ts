import type { ZodType } from 'zod';
import type { Device } from './scenario.js';

/** What a step's parameters say about ids, so that a wrong one is found before anything starts. */
export type Reference = {
  /** Where in the params, for the line and column: `['disk']`. */
  path: (string | number)[];
  id: string;
  /** What the id must be: a kind of device, any provider of p2pmem, or a disk that an earlier step connected. */
  want: readonly (Device['type'] | 'provider' | 'connected')[];
  /** The device may be on another machine than the step; without it they must share one. */
  anywhere?: boolean;
};

/**
 * The part of a step kind that the scenario stage needs; the workload stage adds how it runs.
 * `P` is the type of the parameters after the schema.
 */
export type StepSyntax<P = never> = {
  /** The key in the YAML: `fio:`. */
  kind: string;
  /** A strict zod object; its messages say what is wanted. */
  params: ZodType<P>;
  references?: (params: P) => Reference[];
  /** Ids of the disks that exist once the step has run. */
  connects?: (params: P) => string[];
  /** It plugs devices in or out: the machine must be one where that can be done. */
  hotplugs?: true;
  /** The machine that is not there any more when the step is over. */
  ends?: (params: P) => string;
};
