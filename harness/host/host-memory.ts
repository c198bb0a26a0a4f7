import os from 'node:os';

/** Bytes that processes of this host, or of the control group that we are in, can have. */
export type HostMemory = {
  all: number;
  /** Without what others use; what caches use can be had (MemAvailable of /proc/meminfo). */
  free: number;
};

export function hostMemory(): HostMemory {
  const limit = process.constrainedMemory() || Infinity; // 0: not known
  return { all: Math.min(os.totalmem(), limit), free: Math.min(os.freemem(), limit) };
}
