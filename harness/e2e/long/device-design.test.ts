import path from 'node:path';
import t from 'tap';
import { p2plab } from '../run-p2plab.test.support.js';

t.test('the smoke scenarios run unchanged on the device design', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const which = ['--tag', 'smoke', '--kernel', 'p2pmem-6.12-device', '--jobs', '2'];
  const { exitCode, stdout } = await p2plab(['run', '--install-packages', ...which, '--out', dir]);
  t.equal(exitCode, 0, stdout);
});
