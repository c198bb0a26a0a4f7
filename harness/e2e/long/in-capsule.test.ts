import path from 'node:path';
import t, { type Test } from 'tap';
import { p2plab, readRun } from '../run-p2plab.test.support.js';

const MiB = 2 ** 20;
/** Five block sizes, each with as many whole blocks as 1 MiB has. */
const [twelve, twenty] = [MiB - (MiB % 12288), MiB - (MiB % 20480)];

/** What each drive had read and written in the steps of a scenario that passes, by region. */
async function transfersOf(t: Test, scenario: string, setting: string) {
  const dir = path.join(t.testdir(), 'run');
  const which = [scenario, '--set', setting];
  const { exitCode, stdout } = await p2plab(['run', ...which, '--install-packages', '--out', dir]);
  t.equal(exitCode, 0, stdout);
  const steps = readRun(dir).results[0]?.evidence.steps ?? [];
  return ['write', 'read'].map((name) =>
    steps
      .find((step) => step.name === name)
      ?.transfers.map(({ drive, direction, bytesByRegion }) => [drive, direction, bytesByRegion]),
  );
}

t.test(
  'writes that fit into the capsule go through RAM, all else through the BAR, to the byte',
  async (t) => {
    t.strictSame(await transfersOf(t, 'nvmeof-in-capsule', 'inline=4k'), [
      [['nvme1', 'write', { ram: 2 * MiB, shm0: MiB + twelve + twenty }]],
      [['nvme1', 'read', { shm0: 3 * MiB + twelve + twenty }]],
    ]);
  },
);

t.test('and so over siw, whose pages of peer memory are copied by the CPU', async (t) => {
  t.strictSame(await transfersOf(t, 'nvmeof-siw-p2p', 'provider=shm0'), [
    [['nvme1', 'write', { ram: 4 * MiB, shm0: 12 * MiB }]],
    [['nvme1', 'read', { shm0: 16 * MiB }]],
  ]);
});
