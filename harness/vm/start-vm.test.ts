import { execa } from 'execa';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { HarnessError, Interrupted } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import type { Limits } from '../plan/limits.js';
import { fakePlan, isAlive, keys, limits, nonce, pidOf } from './fake-qemu.test.support.js';
import { readPciMap } from './pci-map.js';
import { startVm, type VmStart } from './start-vm.js';

t.setTimeout(180_000); // on a loaded host every process takes its time

const { signal } = new AbortController();

/** The error of a start that must fail; QEMU must be gone by then. */
async function failure(t: Test, behaviour: string, over: Partial<Limits> = {}, how: VmStart = {}) {
  const dir = t.testdir();
  const error = await startVm(fakePlan(behaviour), dir, keys, limits(over), signal, how).catch(
    (e: unknown) => e,
  );
  t.notOk(existsSync(path.join(dir, 'pid')) && isAlive(pidOf(dir)), 'QEMU is gone');
  const { blame, message, evidence = '' } = error as HarnessError;
  return { blame, message, evidence: path.relative(dir, evidence) };
}

t.test('a VM that boots tells its port, and ends when it is disposed of', async (t) => {
  const dir = t.testdir();
  const vm = await startVm(fakePlan('boots'), dir, keys, limits(), signal);
  t.match(vm, { sshPort: 40022, pid: pidOf(dir), dir });
  t.ok(isAlive(vm.pid));
  await vm[Symbol.asyncDispose]();
  t.notOk(isAlive(vm.pid));
});

t.test('what the command line names is made first, keys for nobody else to read', async (t) => {
  const dir = t.testdir();
  await using _vm = await startVm(fakePlan('boots'), dir, keys, limits(), signal);
  t.equal(statSync(path.join(dir, 'nvme0.disk')).size, 2 ** 20);
  t.equal(statSync(path.join(dir, 'ssh_host_key')).mode & 0o777, 0o600);
  t.same(readFileSync(path.join(dir, 'ssh_host_key')), keys.hostKey);
  t.equal(statSync(path.join(dir, 'qemu.sh')).mode & 0o777, 0o755);
});

t.test('QEMU that ignores SIGTERM is killed', async (t) => {
  const dir = t.testdir();
  const vm = await startVm(fakePlan('boots', 'stubborn'), dir, keys, limits({ stopMs: 50 }), signal);
  await vm[Symbol.asyncDispose]();
  t.notOk(isAlive(vm.pid));
});

t.test('QEMU does not outlive a harness that is killed', async (t) => {
  const dir = t.testdir();
  const helper = path.join(packageRoot, 'dist/vm/start-vm-process.test.helper.js');
  const harness = execa(process.execPath, [helper, dir], { reject: false });
  await new Promise((booted) => harness.stdout.once('data', booted));
  const pid = pidOf(dir);
  t.ok(isAlive(pid));
  harness.kill('SIGKILL');
  await harness;
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 10));
});

t.test('a run folder may have a path longer than a socket address', async (t) => {
  const dir = path.join(t.testdir(), 'a-folder-with-a-long-name/'.repeat(8), 'host');
  t.ok(dir.length > 200);
  await mkdir(dir, { recursive: true });
  await using vm = await startVm(fakePlan('boots'), dir, keys, limits(), signal);
  t.equal(vm.sshPort, 40022);
});

t.test('devices are where QEMU says, bridges included, without BARs that are not mapped', async (t) => {
  await using vm = await startVm(fakePlan('boots'), t.testdir(), keys, limits(), signal);
  const ids = { vendor: 6966, product: 16 };
  t.strictSame(await readPciMap(vm.qmp, signal), {
    devices: [
      { id: 'rp0', bdf: '0000:00:04.0', ...ids, bars: [] },
      { id: 'nvme0', bdf: '0000:01:00.0', ...ids, bars: [{ bar: 0, start: 0xfe000000, end: 0xfe004000 }] },
      { id: 'root0', bdf: '0000:00:02.0', ...ids, bars: [{ bar: 4, start: 0xfd000000, end: 0xfd004000 }] },
    ],
    ram: [{ start: 0, end: 0x30000000 }],
  });
});

t.test('QMP events are kept, and a refused command is an error', async (t) => {
  await using vm = await startVm(fakePlan('boots'), t.testdir(), keys, limits(), signal);
  t.match(vm.qmp.events, [{ event: 'NIC_RX_FILTER_CHANGED' }]);
  await t.rejects(vm.qmp.execute('device_del', { id: 'x' }, signal), {
    blame: 'host',
    message:
      'QMP device_del failed: {"class":"CommandNotFound","desc":"The command device_del has not been found"}',
  });
});

t.test('QEMU that ends later is the reason of died and of every command from then on', async (t) => {
  const dir = t.testdir();
  await using vm = await startVm(fakePlan('boots'), dir, keys, limits(), signal);
  const ended = {
    blame: 'host',
    message: 'QEMU of host ended by itself (exit 0)',
    evidence: path.join(dir, 'qemu.log'),
  };
  await t.rejects(vm.qmp.execute('quit', {}, signal), ended);
  await t.rejects(vm.died, ended);
  await t.rejects(vm.qmp.execute('query-pci', {}, signal), ended);
});

t.test('a guest that resets itself is the kernel’s trouble, and not QEMU’s', async (t) => {
  const dir = t.testdir();
  await using vm = await startVm(fakePlan('boots'), dir, keys, limits(), signal);
  const reset = {
    blame: 'kernel',
    message: 'host was reset from inside, without a panic',
    evidence: path.join(dir, 'console.log'),
  };
  await t.rejects(vm.qmp.execute('system_reset', {}, signal), reset);
  await t.rejects(vm.died, reset);
});

t.test('QEMU that is killed', async (t) => {
  await using vm = await startVm(fakePlan('boots'), t.testdir(), keys, limits(), signal);
  process.kill(vm.pid, 'SIGKILL');
  await t.rejects(vm.died, { blame: 'host', message: 'QEMU of host ended by itself (SIGKILL)' });
});

t.test('QEMU that refuses its arguments: its last line, at once', async (t) => {
  t.strictSame(await failure(t, 'refuses'), {
    blame: 'host',
    message:
      "QEMU of host ended by itself (exit 1): qemu-system-x86_64: -device nvme,foo=1: Property 'nvme.foo' not found",
    evidence: 'qemu.log',
  });
});

t.test('QEMU whose disk is full, which it dies of', async (t) => {
  const told: string[] = [];
  const onFull = ({ message }: HarnessError) => void told.push(message);
  const { blame, message } = await failure(t, 'has-no-room', {}, { onFull });
  t.equal(`${blame}: ${message}`, 'host: the disk of the run folder is full: QEMU could not write to it');
  t.same(told, [message]);
});

t.test('a QEMU that is not installed', async (t) => {
  const plan = { ...fakePlan('boots'), argv: ['no-such-qemu'] };
  await t.rejects(startVm(plan, t.testdir(), keys, limits(), signal), {
    blame: 'host',
    message: 'QEMU of host ended by itself (exit 127): sh: 1: exec: no-such-qemu: not found',
  });
});

t.test('an oops at boot: the line that says why', async (t) => {
  t.strictSame(await failure(t, 'oopses'), {
    blame: 'kernel',
    message: 'the kernel of host panicked: BUG: kernel NULL pointer dereference, address: 0000000000000008',
    evidence: 'console.log',
  });
});

t.test('a panic without a cause before it', async (t) => {
  t.strictSame(await failure(t, 'panics'), {
    blame: 'kernel',
    message: 'the kernel of host panicked: VFS: Unable to mount root fs on unknown-block(254,0)',
    evidence: 'console.log',
  });
});

t.test('an init that fails', async (t) => {
  t.strictSame(await failure(t, 'init-fails'), {
    blame: 'harness',
    message: 'the init of host failed: cannot mount configfs',
    evidence: 'console.log',
  });
});

t.test('a console that shows another nonce', async (t) => {
  t.strictSame(await failure(t, 'stranger'), {
    blame: 'harness',
    message: `host showed nonce ffffffffffffffff, this VM has ${nonce}`,
    evidence: 'console.log',
  });
});

t.test('a guest that hangs', async (t) => {
  t.strictSame(await failure(t, 'hangs', { bootMs: 200 }), {
    blame: 'kernel',
    message: 'boot of host took over 200 ms',
    evidence: 'console.log',
  });
});

t.test('a QEMU that never opens its QMP socket', async (t) => {
  const { blame, message } = await failure(t, 'says-nothing', { startMs: 1000 });
  t.equal(`${blame}: ${message}`, 'host: starting QEMU for host took over 1000 ms');
});

const stalls = {
  'stalls-at-greeting': "QEMU's greeting on QMP took over 300 ms",
  'stalls-at-once': 'QMP qmp_capabilities took over 300 ms',
};
for (const [behaviour, message] of Object.entries(stalls))
  t.test(`a QEMU that ${behaviour}`, async (t) =>
    t.strictSame(await failure(t, behaviour, { stopMs: 50 }, { answerMs: 300 }), {
      blame: 'host',
      message,
      evidence: 'qemu.log',
    }),
  );

t.test('a QEMU that stalls later: the command that it owes an answer, then every other', async (t) => {
  const dir = t.testdir();
  const vm = await startVm(fakePlan('stalls'), dir, keys, limits({ stopMs: 50 }), signal, { answerMs: 1000 });
  const overdue = (command: string) => ({
    ...{ blame: 'host', message: `QMP ${command} took over 1000 ms`, evidence: path.join(dir, 'qemu.log') },
    remedy: 'see whether the host swaps or a disk of it hangs (dmesg): QEMU serves QMP beside all else',
  });
  await t.rejects(readPciMap(vm.qmp, signal), overdue('query-pci'));
  await t.rejects(vm.qmp.human('info mtree', signal), overdue('human-monitor-command'));
  await vm[Symbol.asyncDispose]();
  t.notOk(isAlive(vm.pid), 'it is killed');
});

t.test('a QEMU without user networking', async (t) => {
  const { blame, message } = await failure(t, 'has-no-port');
  t.equal(`${blame}: ${message}`, 'host: QEMU names no forwarded port: ');
});

t.test('an abort during boot', async (t) => {
  const dir = t.testdir();
  const stop = new AbortController();
  const starting = startVm(fakePlan('hangs'), dir, keys, limits(), stop.signal);
  starting.catch(() => {});
  while (!existsSync(path.join(dir, 'console.log'))) await new Promise((done) => setTimeout(done, 10));
  stop.abort();
  await t.rejects(starting, new Interrupted());
  t.notOk(isAlive(pidOf(dir)));
});
