import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { eventually, filesBelow, p2plab, qemusOf, readRun } from '../run-p2plab.test.support.js';

// Guests and QEMUs that do what they should not. Each must end by itself, with its own outcome and reason.

/** A scenario with one step, as a file. */
function scenario(dir: string, script: string): string {
  const file = path.join(dir, 'misbehaves.yaml');
  const machines = { host: { cpu: 'EPYC', pcie: [{ ivshmem: 'shm0', size: '4M' }] } };
  const steps = [{ name: 'act', shell: { script } }];
  writeFileSync(
    file,
    JSON.stringify({ name: 'misbehaves', title: 'It misbehaves', tags: ['e2e'], machines, steps }),
  );
  return file;
}

function begin(t: Test, script: string) {
  const dir = t.testdir();
  const out = path.join(dir, 'run');
  const running = p2plab(['run', scenario(dir, script), '--out', out]);
  return { out, running, console: path.join(out, 'results/misbehaves/host/console.log') };
}

/** When the step has begun. */
const acting = (t: Test, console: string) =>
  eventually(() => {
    try {
      return readFileSync(console, 'latin1').includes('p2plab: begin act');
    } catch {
      return false;
    }
  }, 240_000).then((began) => t.ok(began, 'the step has begun'));

const resultOf = (out: string) => {
  const [result] = readRun(out).results;
  return { outcome: result?.outcome, reasons: result?.reasons };
};

t.test('a guest that resets itself: fail, and not trouble of the host', async (t) => {
  const { out, running } = begin(t, 'echo b >/proc/sysrq-trigger; sleep 60');
  const { exitCode, stdout } = await running;
  t.equal(exitCode, 1, String(stdout));
  t.strictSame(resultOf(out), {
    outcome: 'fail',
    reasons: ['host was reset from inside, without a panic'],
  });
});

t.test('QEMU that is stopped, and so neither answers SSH nor QMP: broken in bounded time', async (t) => {
  const { out, running, console } = begin(t, 'sleep 100');
  await acting(t, console);
  for (const pid of qemusOf(out)) process.kill(pid, 'SIGSTOP');
  const began = Date.now();
  const { exitCode } = await running;
  t.equal(exitCode, 3);
  t.ok(Date.now() - began < 120_000, `${Date.now() - began} ms`);
  t.match(resultOf(out), { outcome: 'broken', reasons: [/^the guest host no longer answers SSH on /] });
  t.strictSame(qemusOf(out), [], 'a stopped process is killed, too');
});

t.test('output of 200 MiB: 64 MiB of it are kept', async (t) => {
  const { out, running } = begin(t, 'dd if=/dev/zero bs=1M count=200');
  await running;
  const sizes = filesBelow(out).map((file) => statSync(path.join(out, file)).size);
  t.equal(Math.max(...sizes), 64 * 2 ** 20);
});

t.test('a clock that jumps ten years within a step is nobody’s failure', async (t) => {
  const { out, running } = begin(t, 'date -s @2000000000 && sleep 1 && date -s @1000000000');
  const { exitCode, stdout } = await running;
  t.equal(exitCode, 0, String(stdout));
  t.equal(resultOf(out).outcome, 'pass');
});
