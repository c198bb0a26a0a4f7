import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { p2plab, readRun } from '../run-p2plab.test.support.js';

t.test('removal in use, on a kernel with KASAN and lockdep: no use after free, no hang', async (t) => {
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
