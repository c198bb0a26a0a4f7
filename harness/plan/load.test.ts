import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { loadOf, mustFit } from './load.js';
import { ivshmem, machine, MiB, nvme, scenario } from './sample.test.support.js';

const two = scenario({
  target: machine(nvme('nvme0', 16 * MiB), nvme('nvme1'), ivshmem('shm0')),
  host: machine(),
});

t.test('guests, the memory behind their BARs, and their QEMUs', async (t) => {
  const memory = (2 * (768 + 256) + 16 + 32) * MiB;
  t.strictSame(loadOf(two), { cpus: 4, memory, mostMemory: memory });
});

t.test("QEMU's plugin takes memory of its own", async (t) => {
  t.equal(loadOf(two, true).mostMemory - loadOf(two).mostMemory, 2 * 1280 * MiB);
});

t.test('what is larger than the host is a problem of the host', async (t) => {
  const load = (mostMemory: number) => ({ cpus: 64, memory: 1, mostMemory });
  mustFit(load(4096 * MiB), { all: 4096 * MiB });
  const error = t.throws(() => mustFit(load(6144 * MiB), { all: 4096 * MiB })) as HarnessError;
  t.equal(error.blame, 'host');
  t.equal(
    error.message,
    'the machines and their QEMUs can come to 6144 MiB of memory, and this host has 4096 MiB',
  );
});
