import path from 'node:path';
import t from 'tap';
import { p2plab, readRun } from './run-p2plab.test.support.js';

const MiB = 2 ** 20;
/** Five block sizes, each with as many whole blocks as 1 MiB has. */
const [twelve, twenty] = [MiB - (MiB % 12288), MiB - (MiB % 20480)];

t.test(
  'writes that fit into the capsule go through RAM, all else through the BAR, to the byte',
  async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const which = ['nvmeof-in-capsule', '--set', 'inline=4k'];
    const { exitCode, stdout } = await p2plab(['run', ...which, '--install-packages', '--out', dir]);
    t.equal(exitCode, 0, stdout);
    const steps = readRun(dir).results[0]?.evidence.steps ?? [];
    const moved = ['write', 'read'].map((name) =>
      steps
        .find((step) => step.name === name)
        ?.transfers.map(({ drive, direction, bytesByRegion }) => [drive, direction, bytesByRegion]),
    );
    t.strictSame(moved, [
      [['nvme1', 'write', { ram: 2 * MiB, shm0: MiB + twelve + twenty }]],
      [['nvme1', 'read', { shm0: 3 * MiB + twelve + twenty }]],
    ]);
  },
);
