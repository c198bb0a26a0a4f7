import os from 'node:os';
import { groupMemory } from './memory-group.js';

/** Bytes that processes of this host, or of the control group that we are in, can have. */
export type HostMemory = {
  all: number;
  /** Without what others use; what caches use can be had (MemAvailable of /proc/meminfo). */
  free: number;
};

export function hostMemory(): HostMemory {
  const group = groupMemory();
  return { all: Math.min(os.totalmem(), group.limit), free: Math.min(os.freemem(), group.free) };
}
