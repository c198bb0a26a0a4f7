import path from 'node:path';
import t from 'tap';
import { p2plab, readRun, testScenario } from './run-p2plab.test.support.js';

const KiB = 1024;
const MiB = 1024 * KiB;

async function bytesByStep(dir: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await p2plab(['run', ...args, '--install-packages', '--out', dir]);
  const results = readRun(dir).results.map(({ scenario, variant, evidence }) => {
    const steps = evidence.steps.map(({ name, bytesByRegion }) => [name, bytesByRegion] as const);
    return [[scenario, ...Object.values(variant)].join(' '), Object.fromEntries(steps)] as const;
  });
  return { exitCode, output: `${stdout}\n${stderr}`, bytes: Object.fromEntries(results) };
}

t.test('with an IOMMU, and without, every byte is followed to where it went', async (t) => {
  const run = path.join(t.testdir(), 'run');
  const { exitCode, output, bytes } = await bytesByStep(run, 'nvme-copy-iommu', '--jobs', '2');
  t.equal(exitCode, 0, output);
  const through = (provider: string) => ({
    ...{ write: { [provider]: 4 * MiB }, read: { [provider]: 4 * MiB } },
    'read-through-ram': { ram: 4 * MiB },
    ...{ 'control-write': { ram: 4 * MiB }, 'control-read': { ram: 4 * MiB } },
  });
  const variants = ['none', 'intel', 'virtio'].flatMap((iommu) => [
    [`nvme-copy-iommu ${iommu} shm0`, through('shm0')] as const,
    [`nvme-copy-iommu ${iommu} nvme0`, through('nvme0')] as const,
  ]);
  t.strictSame(bytes, Object.fromEntries(variants));
});

t.test('translated or not, the ledger is the same: several drives, deep queues, an own CMB', async (t) => {
  const run = path.join(t.testdir(), 'run');
  const args = [testScenario('iommu-drives'), '--jobs', '2', '--no-controls'];
  const { exitCode, output, bytes } = await bytesByStep(run, ...args);
  t.equal(exitCode, 0, output);
  t.equal(Object.keys(bytes).length, 4);
  for (const [variant, steps] of Object.entries(bytes)) {
    const want = {
      own: { 'own-cmb': 512 * KiB },
      deep: { shm0: 3 * MiB },
      odd: { ram: 896 * KiB },
      // written, and read again to verify
      all: { nvme0: 2 * MiB, shm0: MiB, ram: MiB },
    };
    t.strictSame(steps, want, variant);
  }
});

t.test('what an IOMMU refuses goes nowhere, and the kernel tells of it', async (t) => {
  const run = path.join(t.testdir(), 'run');
  const { exitCode, output, bytes } = await bytesByStep(run, 'iommu-behind-switch');
  t.equal(exitCode, 0, output);
  t.strictSame(bytes, {
    'iommu-behind-switch': {
      write: { 'iommu-fault': 128 * KiB },
      'write-through-ram': { ram: 128 * KiB },
      'read-through-ram': { ram: 128 * KiB },
    },
  });
});
