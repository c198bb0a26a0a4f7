import type { Result, RunDocument } from './run-document.js';

export const result = (over: Partial<Result> = {}): Result => ({
  scenario: 'copy',
  variant: { provider: 'shm0' },
  kernel: 'p2pmem-6.12',
  outcome: 'pass',
  reasons: [],
  controls: 'not-needed',
  phases: { bootMs: 2100, sshMs: 2600, wallMs: 12_340 },
  checks: [{ name: 'write: commands succeed', ok: true, want: 'exit 0 of each', got: 'exit 0 of 1' }],
  metrics: [],
  evidence: { dma: { bytesByRegion: {} }, steps: [], findings: [] },
  comparison: [],
  artifacts: [],
  ...over,
});

export const skipped: Result = result({
  scenario: 'nvmeof',
  variant: {},
  outcome: 'skip',
  reasons: ['kernel k is built without CONFIG_NVME_RDMA'],
  phases: {},
  checks: [],
});

export const failed: Result = result({
  variant: { provider: 'nvme0' },
  outcome: 'fail',
  reasons: ["0 % of nvme1's data went through nvme0's BAR in step write: ram 8192 B"],
  checks: [
    { name: 'host: kernel log is clean', ok: true, want: 'no line that tells of trouble', got: 'none' },
    { name: "write: data of nvme1 goes through nvme0's BAR", ok: false, want: 'at least 99 %', got: '0 %' },
  ],
});

export const header: Omit<RunDocument, 'results'> = {
  schema: 'p2plab.run/1',
  id: '20261101T120000Z-0a1b',
  harness: { version: '0.1.0' },
  startedAt: '2026-11-01T12:00:00.000Z',
  endedAt: null,
  state: 'running',
  host: {
    cpuModel: 'a CPU',
    cpus: 4,
    memoryMiB: 16_000,
    kernel: '6.12.95',
    qemu: '7.2.22',
    accelerator: 'tcg',
    acceleratorWhy: 'chosen with --accel',
    node: '20.20.2',
  },
  kernels: [
    {
      name: 'p2pmem-6.12',
      release: '6.12.95-p2plab',
      id: '0123456789abcdef',
      buildId: null,
      source: {
        package: 'linux-source-6.12',
        version: '6.12.95-1',
        origin: '/usr/src/linux-source-6.12.tar.xz',
      },
      series: [{ name: 'p2pdma-enable', patches: ['0001-one.patch'], linesAdded: 10 }],
    },
  ],
  image: { name: 'base', id: 'fedcba9876543210' },
};
