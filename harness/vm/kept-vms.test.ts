import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { isAlive } from './fake-qemu.test.support.js';
import { keptVmsDir, listKeptVms, registerKeptVm, stopKeptVm } from './kept-vms.js';

/** A process that stands for QEMU, noted in a state folder of the test's own. */
async function kept(t: Test, id = 'a1') {
  const dir = t.testdir({ 'nvme0.disk': '', 'console.log': '' });
  process.env.XDG_STATE_HOME = path.join(dir, 'state'); // of this test file's own process
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const vm = { id, title: 'copy host', pid: child.pid!, dir, sshPort: 40022, key: 'ssh_key' };
  await registerKeptVm({ ...vm, scratch: ['nvme0.disk'] });
  return { dir, pid: child.pid! };
}

t.test('a VM that runs is listed, and stopping it leaves its log', async (t) => {
  const { dir, pid } = await kept(t);
  const [vm, ...others] = await listKeptVms();
  t.match(vm, { id: 'a1', title: 'copy host', pid, running: true });
  t.equal(others.length, 0);
  await stopKeptVm(vm!);
  t.notOk(isAlive(pid));
  t.notOk(existsSync(path.join(dir, 'nvme0.disk')));
  t.ok(existsSync(path.join(dir, 'console.log')));
  t.strictSame(await listKeptVms(), []);
});

t.test('another process that has its number by now is left alone', async (t) => {
  const { pid } = await kept(t);
  const file = path.join(keptVmsDir(), 'a1.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), startTicks: '1' }));
  const [vm] = await listKeptVms();
  t.equal(vm!.running, false);
  await stopKeptVm(vm!);
  t.ok(isAlive(pid));
  t.strictSame(await listKeptVms(), []);
});
