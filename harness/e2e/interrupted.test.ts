import path from 'node:path';
import t from 'tap';
import { eventually, filesBelow, p2plab, qemusOf, readRun, testScenario } from './run-p2plab.test.support.js';

const args = (dir: string) => ['run', testScenario('slow'), '--install-packages', '--out', dir];

t.test('Ctrl-C stops VMs in order, leaves a valid run.json and exits 130', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const running = p2plab(args(dir));
  t.ok(await eventually(() => qemusOf(dir).length === 1, 1_200_000), 'a VM runs');
  running.kill('SIGINT');
  const { exitCode, stderr } = await running;
  t.equal(exitCode, 130);
  t.match(stderr, /stopping \(once more to stop at once\)/);
  t.equal(readRun(dir).state, 'interrupted');
  t.strictSame(qemusOf(dir), []);
});

t.test('kill -9 of the harness takes its VM along, and the next run works', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const running = p2plab(args(dir));
  t.ok(await eventually(() => qemusOf(dir).length === 1, 1_200_000), 'a VM runs');
  running.kill('SIGKILL');
  await running;
  t.ok(await eventually(() => qemusOf(dir).length === 0, 10_000), 'no QEMU 10 s later');
  t.ok(await eventually(() => readRun(dir).state === 'interrupted', 10_000), 'run.json says so');
  t.match(readRun(dir).endedAt, /^20/);
  const secret = () => filesBelow(dir).filter((name) => /ssh_host_key|authorized_keys/.test(name));
  t.equal(secret().length, 2);

  const next = path.join(t.testdir(), 'next');
  const { exitCode, stdout } = await p2plab([
    'run',
    'p2pmem-allocate',
    '--set',
    'provider=shm0',
    '--out',
    next,
  ]);
  t.equal(exitCode, 0, stdout);
  t.strictSame(secret(), [], 'which removes the keys of the one before');
});

t.test('QEMU that is killed is the host’s trouble: broken, exit 3', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const running = p2plab(args(dir));
  t.ok(await eventually(() => qemusOf(dir).length === 1, 1_200_000), 'a VM runs');
  for (const pid of qemusOf(dir)) process.kill(pid, 'SIGKILL');
  const { exitCode } = await running;
  t.equal(exitCode, 3);
  const [result] = readRun(dir).results;
  t.equal(result?.outcome, 'broken');
  t.strictSame(result?.reasons, ['QEMU of host ended by itself (SIGKILL)']);
});
