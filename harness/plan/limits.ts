import type { HostFacts } from './host-facts.js';

/** Deadlines in ms, already scaled to the accelerator. */
export type Limits = {
  startMs: number;
  bootMs: number;
  connectMs: number;
  stepMs: number;
  evidenceMs: number;
  /** For a driver to let a device go and take it again. */
  rebindMs: number;
  stopMs: number;
};

/** Measured: TCG reaches SSH in 3 s on an idle host, in 31 s with KASAN and lockdep; the rest is for loaded hosts. */
const tcgLimits: Limits = {
  startMs: 20_000,
  bootMs: 240_000,
  connectMs: 30_000,
  stepMs: 180_000,
  evidenceMs: 60_000,
  rebindMs: 30_000,
  stopMs: 10_000,
};

/** KVM runs the same guest at least this many times quicker; used for the phases in which the guest works. */
const kvmShare = 1 / 3;

/** The limits hold for guests that boot within this time. */
const ordinaryBootMs = { tcg: 8_000, kvm: 4_000 };
/** A hang must be called one on the slowest kernel, too. */
const maxFactor = 8;

/** Until a guest has shown how quick it is. */
export function limitsFor(accelerator: HostFacts['accelerator']): Limits {
  if (accelerator === 'tcg') return tcgLimits;
  const { bootMs, stepMs } = tcgLimits;
  return { ...tcgLimits, bootMs: bootMs * kvmShare, stepMs: stepMs * kvmShare };
}

/**
 * What is due after the boot, by how long the boot took: a kernel with KASAN, or a loaded host, is as much slower in
 * all that follows.
 * @param bootMs of the slowest machine, from the start of QEMU
 */
export function limitsAfterBoot(
  limits: Limits,
  bootMs: number,
  accelerator: HostFacts['accelerator'],
): Limits {
  const factor = Math.min(maxFactor, Math.max(1, bootMs / ordinaryBootMs[accelerator]));
  const scaled = (ms: number) => Math.round(ms * factor);
  const { connectMs, stepMs, evidenceMs, rebindMs } = limits;
  return {
    ...limits,
    ...{ connectMs: scaled(connectMs), stepMs: scaled(stepMs) },
    ...{ evidenceMs: scaled(evidenceMs), rebindMs: scaled(rebindMs) },
  };
}
