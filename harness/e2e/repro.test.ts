import { execa } from 'execa';
import path from 'node:path';
import t, { type Test } from 'tap';
import { p2plab, testScenario } from './run-p2plab.test.support.js';

/** Where Debian's programs are, and no Node of the clone. */
const bare = { PATH: '/usr/bin:/bin' };

async function reproduced(t: Test, scenario: string[], result: string) {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode } = await p2plab(['run', ...scenario, '--no-controls', '--out', dir]);
  const script = path.join(dir, 'results', result, 'repro.sh');
  const again = await execa(script, {
    env: { ...bare, WORK: path.join(dir, 'w') },
    extendEnv: false,
    reject: false,
  });
  return { exitCode, again: again.exitCode, lines: String(again.stdout).split('\n') };
}

t.test('repro.sh of a pass passes, and says what it has looked at', async (t) => {
  const args = ['nvme-copy-p2p', '--set', 'provider=shm0', '--set', 'size=1M'];
  const { exitCode, again, lines } = await reproduced(t, args, 'nvme-copy-p2p.provider=shm0');
  t.same([exitCode, again], [0, 0], lines.join('\n'));
  t.ok(
    lines.includes('ok      write: 4194304 of 4194304 B of nvme1 through shm0, want 100 %'),
    lines.join('\n'),
  );
  t.ok(lines.includes('ok      the kernel log is clean'));
});

t.test('repro.sh of a failure fails by the same', async (t) => {
  const args = [testScenario('own-exit'), '--set', 'code=1'];
  const { exitCode, again, lines } = await reproduced(t, args, 'own-exit.code=1');
  t.same([exitCode, again], [1, 1], lines.join('\n'));
  t.ok(lines.includes('not ok  mine.exitCode is 1, not 0'), lines.join('\n'));
});
