import { sum } from 'simple-statistics';
import type { Measurement } from '../cost/measurement.js';
import type { StepEvidence } from '../evidence/evidence.js';
import type { MeasuredStep } from './clock-metrics.js';

/**
 * What the guests did to devices for each I/O of a step, on all machines: NVMe commands with data, accesses to PCI config
 * space and to the drives' registers and doorbells. Counted in QEMU's trace, so nothing of the guest can hide it.
 */
export function accessMetrics(step: MeasuredStep, { ledgers }: StepEvidence): Measurement[] {
  const ios = sum(step.figures.map((figures) => figures.ios));
  if (ios === 0) return [];
  const all = Object.values(ledgers);
  const total = (of: (ledger: (typeof all)[number]) => number) => sum(all.map(of));
  const traced = all.some(({ accesses }) => accesses !== undefined);
  const counts: [string, number][] = [
    ['NVMe commands', total(({ entries }) => sum([0, ...entries.map(({ commands }) => commands)]))],
    ['config reads', total(({ configReads = 0 }) => configReads)],
    ...(traced
      ? ([
          ['config writes', total(({ accesses }) => accesses?.configWrites ?? 0)],
          ['register reads', total(({ accesses }) => accesses?.mmioReads ?? 0)],
          ['register writes', total(({ accesses }) => accesses?.mmioWrites ?? 0)],
        ] satisfies [string, number][])
      : []),
  ];
  return counts.map(([what, count]) => {
    const value = Number((count / ios).toPrecision(6));
    return { metric: `${what}/IO`, step: step.name, unit: '', value, kind: 'count', better: 'less' };
  });
}
