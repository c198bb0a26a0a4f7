import type { Scenario } from '../scenario/scenario.js';
import { kindOf } from './step-kinds.js';

/**
 * Whether a variant may run on a boot that others had before, and leave it to others: not when a step may change the
 * machine for good, when times are measured, or when the log is to tell of trouble, which the kernel may tell once only.
 */
export const canShareBoot = ({ boot, tags, steps, expect, allow = [] }: Scenario): boolean =>
  boot !== 'fresh' &&
  !tags.includes('bench') &&
  allow.length === 0 &&
  expect.every(({ type }) => type !== 'log') &&
  steps.every((step) => kindOf(step).asFound !== undefined);
