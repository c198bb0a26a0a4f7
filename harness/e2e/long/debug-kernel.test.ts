import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../../common/paths.js';
import { p2plab, readRun } from '../run-p2plab.test.support.js';

t.test('removal in use, each range a device, on a kernel that looks at itself: no finding', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const which = ['p2pmem-removal', 'device-hierarchy', '--set', 'kernel=p2pmem-6.12-device'];
  const kernel = ['--kernel', 'p2pmem-6.12-device-debug'];
  const { exitCode, stdout } = await p2plab([
    ...['run', ...which, ...kernel, '--install-packages', '--out', dir],
  ]);
  t.equal(exitCode, 0, stdout);
  const { results } = readRun(dir);
  t.equal(results.length, 3);
  t.strictSame(
    results.flatMap(({ evidence }) => evidence.findings),
    [],
  );
  const console = path.join(dir, 'results/device-hierarchy.kernel=p2pmem-6.12-device/host/console.log');
  t.match(readFileSync(console, 'latin1'), /kasan: KernelAddressSanitizer initialized/);
});

t.test('memory that the kernel forgets is found, and named', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const patch = path.join(packageRoot, 'harness/e2e/testdata/forgets-memory.patch');
  const kernel = ['--kernel', 'p2pmem-6.12-debug', '--patch', patch];
  const { exitCode, stdout } = await p2plab([
    ...['run', 'p2pmem-alone', '--set', 'kernel=p2pmem-6.12', ...kernel, '--install-packages', '--out', dir],
  ]);
  t.equal(exitCode, 1, stdout);
  const [result] = readRun(dir).results;
  t.match(
    result?.evidence.findings.map(({ title }) => title),
    ['memory leak', 'memory leak in pci_p2pmem_alloc_sgl'],
  );
});

t.test('what is tagged for it passes on the kernel that looks at itself', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const which = ['--tag', 'debug-kernel', '--set', 'kernel=p2pmem-6.12', '--kernel', 'p2pmem-6.12-debug'];
  const { exitCode, stdout } = await p2plab(['run', ...which, '--jobs', '2', '--out', dir]);
  t.equal(exitCode, 0, stdout);
  const { results } = readRun(dir);
  t.strictSame([...new Set(results.map(({ outcome }) => outcome))], ['pass']);
});
