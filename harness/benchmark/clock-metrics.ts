import { geometricMean } from 'simple-statistics';
import type { Measurement } from '../cost/measurement.js';
import type { Evidence } from '../evidence/evidence.js';
import type { FioFigures } from './fio-figures.js';

/** A step of which the I/O is known. */
export type MeasuredStep = { name: string; machine: string; figures: FioFigures[] };

const latencies = ['p50', 'p99'] as const;

/**
 * What fio's clock says of each job: throughput and completion latency. I/O per second is the same as throughput, as all
 * I/O of a job is of one size. Of several jobs there is also one figure for all, which wavers least.
 */
export function clockMetrics(steps: readonly MeasuredStep[]): Measurement[] {
  const each = steps.flatMap(({ name: step, figures }) =>
    figures.flatMap(({ job, bytesPerSecond, latencyNs }): Measurement[] => {
      const of = (what: string) => (figures.length > 1 ? `${job} ${what}` : what);
      const throughput = { metric: of('throughput'), unit: 'B/s', value: bytesPerSecond };
      return [
        { ...throughput, step, kind: 'wall', better: 'more' },
        ...latencies.flatMap((name): Measurement[] => {
          const value = latencyNs[name];
          if (value === undefined) return [];
          return [{ metric: of(`latency ${name}`), step, unit: 'ns', value, kind: 'wall', better: 'less' }];
        }),
      ];
    }),
  );
  const rates = steps.flatMap(({ figures }) => figures.map(({ bytesPerSecond }) => bytesPerSecond));
  if (rates.length < 2) return each;
  const value = Math.round(geometricMean(rates));
  const all = { metric: 'throughput of all steps', step: '', unit: 'B/s', value };
  return [{ ...all, kind: 'wall', better: 'more' }, ...each];
}

/** Of what is no I/O: how long until the first, and how quick the allocator is. */
export function otherTimes({ machines, steps }: Evidence): Measurement[] {
  const first = machines.flatMap(({ firstIoMs }) => firstIoMs ?? []);
  const allocations = steps.flatMap(({ name: step, kind, samples }): Measurement[] => {
    const ns = samples.find(({ name }) => name === 'nsPerPair')?.value;
    if (kind !== 'p2pmem-time' || typeof ns !== 'number' || !(ns > 0)) return [];
    const value = Math.round(1e9 / ns);
    return [{ metric: 'p2pmem allocations', step, unit: '1/s', value, kind: 'wall', better: 'more' }];
  });
  if (first.length === 0) return allocations;
  const value = Math.max(...first);
  const firstIo = { metric: 'time to first I/O', step: '', unit: 'ms', value };
  return [...allocations, { ...firstIo, kind: 'wall', better: 'less' }];
}
