import path from 'node:path';
import t from 'tap';
import { p2plab, readRun } from './run-p2plab.test.support.js';

t.test(
  'on a kernel without the rxe patches, verified data that fell back to RAM in silence is a failure',
  async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const { exitCode, stdout } = await p2plab([
      'run',
      'nvmeof-rdma-p2p',
      '--install-packages',
      '--kernel',
      'p2pmem-6.12-norxe',
      '--set',
      'provider=shm0',
      '--out',
      dir,
    ]);
    t.equal(exitCode, 1, stdout);
    const [result] = readRun(dir).results;
    t.equal(result?.outcome, 'fail');
    t.strictSame(result?.reasons.slice(0, 2), [
      "0 % of nvme1's data went through shm0's BAR in step write: ram 25165824 B",
      "0 % of nvme1's data went through shm0's BAR in step read: ram 25165824 B",
    ]);
    t.match(
      result?.checks.find(({ name }) => name === 'read: commands succeed'),
      { ok: true },
      'the data was right',
    );
  },
);
