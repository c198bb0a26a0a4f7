import type { RunDocument } from '../report/run-document.js';
import type { BenchDocument, BenchSide, BootCost } from './bench-document.js';
import type { SideName } from './boot.js';
import type { BenchLab, BootRun } from './run-bench.js';

export const kernel = (name: string): RunDocument['kernels'][number] => ({
  ...{ name, release: '6.12.1', id: `id-${name}`, buildId: null, source: null, series: [] },
});

const side = (name: string): BenchSide => ({
  ...{ label: name, kernel: name, patches: [], set: {}, variant: {}, scenarioId: '0123456789abcdef' },
});

/** A bench that has not begun. */
export const newBench = (over: Partial<BenchDocument> = {}): BenchDocument => ({
  schema: 'p2plab.bench/1',
  id: 'b1',
  harness: { version: '0.1.0' },
  startedAt: '2026-11-27T08:00:00.000Z',
  endedAt: null,
  state: 'running',
  scenario: 's',
  base: side('old'),
  head: side('new'),
  same: false,
  kinds: ['exact', 'count', 'wall'],
  resolutionPercent: 1,
  confidencePercent: 95,
  budgetSeconds: 100,
  seed: 1,
  ...{ boots: [], pairs: 0, usedSeconds: 0, comparisons: [], notInAll: [] },
  ...over,
});

const costOf = (perIo: number): BootCost => ({
  ...{ step: 'write', machine: 'host', ios: 1000, bytes: 4_096_000, apart: ['tick'] },
  functions: { submit: perIo, tick: Math.random() },
});

/** What a boot of a side measures, the nth of all. */
export type Values = { cost?: number; throughput?: number };

export type FakeLab = BenchLab & {
  booted: { side: SideName; dir: string; controls: boolean; cost: boolean }[];
};

/** Boots of ten seconds each, in which is measured what `values` says. */
export function fakeLab(values: (side: SideName, n: number) => Values): FakeLab {
  let ms = 0;
  const booted: FakeLab['booted'] = [];
  return {
    booted,
    async boot(name, dir, { controls, cost: wanted }): Promise<BootRun> {
      const { cost, throughput } = values(name, booted.length);
      booted.push({ side: name, dir, controls, cost: wanted });
      ms += 10_000;
      return {
        host: {
          ...{ cpuModel: 'a CPU', cpus: 2, memoryMiB: 1024, kernel: '6.1', qemu: '7.2.22' },
          ...{ accelerator: 'tcg', acceleratorWhy: 'no KVM', node: '20.20.2' },
        },
        image: { name: 'base', id: 'image-id' },
        kernel: kernel(name === 'base' ? 'old' : 'new'),
        costs: cost === undefined || !wanted ? [] : [costOf(cost)],
        measurements:
          throughput === undefined
            ? []
            : [
                {
                  ...{ metric: 'throughput', step: 'write', unit: 'B/s', value: throughput },
                  ...{ kind: 'wall', better: 'more' },
                },
              ],
      };
    },
    costText: async (base, head) => `cost of ${base.length} and ${head.length} boots\n`,
    now: () => ms,
  };
}
