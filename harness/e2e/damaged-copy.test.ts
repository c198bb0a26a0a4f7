import path from 'node:path';
import t from 'tap';
import { p2plab, readRun, testScenario } from './run-p2plab.test.support.js';

t.test('a block in the wrong place is named, and so is an I/O that was split', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout } = await p2plab([
    ...['run', testScenario('damaged-copy'), '--install-packages', '--out', dir],
  ]);
  t.equal(exitCode, 1, stdout);
  const [result] = readRun(dir).results;
  t.equal(result?.reasons.length, 2);
  t.match(result?.reasons, [
    /^5\d\d bytes of the drives are not what they must be \(step check\): nvme1 LBA 4100 from byte 0 on: want block 4 of fill (\d+), found block 7 of fill \1$/,
    'nvme1 got 4 commands in step copy, not 2',
  ]);
});
