/**
 * One number of one run of one side of a comparison. `exact` repeats from boot to boot, `count` is a number of events,
 * `wall` is told by a clock and thus by how busy the host is.
 */
export type Measurement = {
  /** As people call it: `instructions/IO`, `NVMe commands/IO`, `bw_bytes`, `clat_ns p99`. */
  metric: string;
  /** The step's name in the scenario; '' for the whole run. */
  step: string;
  unit: string;
  value: number;
  kind: 'exact' | 'wall' | 'count';
  better: 'less' | 'more';
};
