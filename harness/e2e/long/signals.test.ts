import { execa } from 'execa';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { cacheDir } from '../../common/paths.js';
import { fakeKernel } from '../../kernel/fake-kernel.test.helper.js';
import { loadRun } from '../../report/load-run.js';
import { named, processesOf } from '../processes-of.test.support.js';
import { eventually, filesBelow, main, qemusOf, readRun, testScenario } from '../run-p2plab.test.support.js';

// Ctrl-C as a terminal sends it, to every process of the group, and so SIGHUP, when it is closed; SIGTERM as CI systems
// do, to the harness alone.

t.setTimeout(600_000);
const longMs = 240_000;

/** Starts a command that writes below `dir` only, but for its cache, in a process group of its own. */
function begin(t: Test, dir: string, args: string[], { cache = path.dirname(cacheDir()) } = {}) {
  for (const name of ['tmp', 'state']) mkdirSync(path.join(dir, name));
  const env = {
    ...{ XDG_CACHE_HOME: cache, XDG_STATE_HOME: path.join(dir, 'state'), TMPDIR: path.join(dir, 'tmp') },
    P2PLAB_TEST: dir, // by which its processes are found
  };
  const out = path.join(dir, 'run');
  const running = execa(process.execPath, [main, ...args.map((arg) => (arg === 'OUT' ? out : arg))], {
    ...{ env, reject: false, stdin: 'ignore', detached: true, cleanup: true },
  });
  t.teardown(() => running.kill('SIGKILL'));
  let printed = '';
  running.stdout.on('data', (data: Buffer) => (printed += String(data)));
  const send = {
    SIGINT: () => process.kill(-running.pid!, 'SIGINT'),
    SIGTERM: () => running.kill('SIGTERM'),
    SIGHUP: () => process.kill(-running.pid!, 'SIGHUP'),
  };
  return { dir, out, running, send, printed: () => printed };
}
type Begun = ReturnType<typeof begin>;

const runTwo = [
  'run',
  'p2pmem-allocate',
  testScenario('slow'),
  '--set',
  'provider=shm0',
  '--jobs',
  '2',
  '--out',
  'OUT',
];
const runSlow = ['run', testScenario('slow'), '--jobs', '1', '--out', 'OUT'];

async function nothingIsLeft(t: Test, { dir, out }: Begun) {
  t.ok(await eventually(() => processesOf(dir).length === 0, 3_000), named(processesOf(dir)).join('; '));
  t.strictSame(filesBelow(path.join(dir, 'tmp')), [], 'no temporary file');
  t.strictSame(
    filesBelow(out).filter((name) => /ssh_|authorized_keys|\.disk$|\.bar$|\.sock$/.test(name)),
    [],
    'no key, no disk',
  );
  t.strictSame(filesBelow(path.join(dir, 'state/p2plab/running')), [], 'no note of a run that goes on');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  t.test(`${signal} once: what had finished is there, the rest is stopped in order, exit 130`, async (t) => {
    const begun = begin(t, t.testdir(), runTwo);
    const oneIsDone = () =>
      begun.printed().includes('1/2 pass p2pmem-allocate') && qemusOf(begun.out).length === 1;
    t.ok(await eventually(oneIsDone, longMs), `one of two is done: ${begun.printed()}`);
    const began = Date.now();
    begun.send[signal]();
    const { exitCode, stderr } = await begun.running;
    t.equal(exitCode, 130);
    t.ok(Date.now() - began < 15_000, `${Date.now() - began} ms`);
    t.match(stderr, /stopping \(once more to stop at once\)/);
    const { state, results } = readRun(begun.out);
    t.equal(state, 'interrupted');
    t.match(results, [{ scenario: 'p2pmem-allocate', outcome: 'pass' }]);
    t.equal(results.length, 1);
    await nothingIsLeft(t, begun);
    const report = await execa(process.execPath, [
      main,
      'report',
      begun.out,
      '--format',
      'markdown',
      '--out',
      '-',
    ]);
    t.match(report.stdout, /interrupted/);
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  t.test(`${signal} twice: at once, also where a stop in order takes its time`, async (t) => {
    const begun = begin(t, t.testdir(), runSlow);
    t.ok(await eventually(() => qemusOf(begun.out).length === 1, longMs), 'a VM runs');
    const [qemu] = qemusOf(begun.out);
    process.kill(qemu!, 'SIGSTOP'); // hears no SIGTERM: killed after 10 s
    t.ok(await eventually(() => isStopped(qemu!), 3_000), 'it is stopped');
    begun.send[signal]();
    await wait(500);
    t.equal(qemusOf(begun.out).length, 1, 'it is being stopped');
    const began = Date.now();
    begun.send[signal]();
    const { exitCode } = await begun.running;
    t.equal(exitCode, 130);
    t.ok(
      await eventually(() => processesOf(begun.dir).length === 0, 3_000),
      named(processesOf(begun.dir)).join(),
    );
    t.ok(Date.now() - began < 4_000, `${Date.now() - began} ms`);
    t.equal((await loadRun(begun.out)).run.state, 'interrupted');
  });

t.test('Ctrl-C while a kernel is built: make has ended, and nothing is half-made', async (t) => {
  const dir = t.testdir();
  const cache = path.join(dir, 'cache');
  const { definition, hold, holding } = await fakeKernel(path.join(dir, 'fake'));
  writeFileSync(hold, '');
  const begun = begin(t, dir, ['kernel', 'build', definition], { cache });
  t.ok(await eventually(() => existsSync(holding), longMs), 'it compiles');
  begun.send.SIGINT();
  t.equal((await begun.running).exitCode, 130);
  await nothingIsLeft(t, begun);
  t.notOk(existsSync(`/proc/${readFileSync(holding, 'utf8').trim()}`), 'the compiler has ended');
  t.strictSame(halfMade(cache), []);
});

t.test('Ctrl-C while an image is built: nothing is half-made', async (t) => {
  const dir = t.testdir();
  const cache = path.join(dir, 'cache');
  const begun = begin(t, dir, ['image', 'build', 'base'], { cache });
  const unpacking = () => begun.printed().includes('unpacking packages');
  t.ok(await eventually(unpacking, longMs), begun.printed());
  t.ok(halfMade(cache).length > 0);
  begun.send.SIGINT();
  t.equal((await begun.running).exitCode, 130);
  await nothingIsLeft(t, begun);
  t.strictSame(halfMade(cache), []);
});

const isStopped = (pid: number) => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

const halfMade = (cache: string) => filesBelow(cache).filter((name) => /half-made/.test(name));
