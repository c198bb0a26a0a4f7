import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { filesBelow, p2plab, qemusOf, readRun } from './run-p2plab.test.support.js';

/** The drive's data in the claimed steps of each variant: sizes of the scenario files, in bytes. */
const MiB = 2 ** 20;
const wanted: Record<string, Record<string, number>> = {
  'p2pmem-allocate nvme0': {},
  'p2pmem-allocate shm0': {},
  'nvme-copy-p2p nvme0': { nvme0: 64 * MiB, ram: 32 * MiB },
  'nvme-copy-p2p shm0': { shm0: 64 * MiB, ram: 32 * MiB },
  'nvmeof-rdma-p2p nvme0': { nvme0: 48 * MiB },
  'nvmeof-rdma-p2p shm0': { shm0: 48 * MiB },
  'nvmeof-rdma-p2p none': { ram: 48 * MiB },
};

t.test('the smoke scenarios pass in real VMs, and every byte went where it was claimed', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout, stderr } = await p2plab([
    'run',
    '--install-packages',
    '--tag',
    'smoke',
    '--jobs',
    '2',
    '--out',
    dir,
  ]);
  t.equal(exitCode, 0, `${stdout}\n${stderr}`);

  const run = readRun(dir);
  t.equal(run.state, 'finished');
  const went = run.results.map(({ scenario, variant, evidence }) => {
    return [`${scenario} ${variant.provider}`, evidence.dma.bytesByRegion] as const;
  });
  t.strictSame(Object.fromEntries(went), wanted);
  t.strictSame([...new Set(run.results.map(({ outcome }) => outcome))], ['pass']);

  for (const { scenario, peakMemoryBytes, processorSeconds, phases } of run.results) {
    const [bytes = 0, ...others] = Object.values(peakMemoryBytes ?? {});
    t.ok(bytes > 100 * MiB && bytes < 1024 * MiB && others.length === 0, `${scenario} had ${bytes} bytes`);
    const [seconds = 0] = Object.values(processorSeconds ?? {});
    // of its own, also on a boot that it shares; two vCPUs and QEMU itself
    t.ok(seconds > 0.3 && seconds < (phases.wallMs! / 1e3) * 2.5, `${scenario}: ${seconds} s of processors`);
  }
  const plan = await p2plab(['plan', 'nvme-copy-p2p', '--set', 'provider=shm0']);
  t.match(plan.stdout, /^# memory: \d+ MiB: it came to \d+ MiB in the last .*runs? here/m);

  const tap = readFileSync(path.join(dir, 'run.tap'), 'utf8');
  t.match(tap, /^TAP version 14\n1\.\.7\n/);
  t.equal(tap.match(/^ok /gm)?.length, 7);

  const files = filesBelow(dir);
  t.strictSame(
    files.filter((f) => /ssh_host_key|authorized_keys|\.disk$|\.bar$/.test(f)),
    [],
    'no keys, no disks left',
  );
  t.ok(
    files.includes('results/nvmeof-rdma-p2p.provider=shm0/target/step-write/fio.out'),
    "fio's JSON is kept",
  );
  t.strictSame(qemusOf(dir), [], 'no QEMU left');
});
