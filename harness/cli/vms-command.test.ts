import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { startTicksOf } from '../host/process-mark.js';
import { keptVmsDir, registerKeptVm } from '../vm/kept-vms.js';
import { plainTerminal } from './terminal.test.support.js';
import { stopVms, vmsCommand } from './vms-command.js';

/** A process that stands for QEMU, noted as that of another place. */
async function keptElsewhere(t: Test) {
  const dir = t.testdir({ 'nvme0.disk': '' });
  process.env.XDG_STATE_HOME = path.join(dir, 'state'); // of this test file's own process
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const pid = child.pid!;
  await registerKeptVm({
    id: 'a1',
    title: 'copy host',
    pid,
    dir,
    sshPort: 1,
    key: 'k',
    scratch: ['nvme0.disk'],
  });
  const file = path.join(keptVmsDir(), 'a1.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), place: 'another boot' }));
  return { pid, disk: path.join(dir, 'nvme0.disk') };
}

t.test(
  'of a VM of another host it is not told whether it runs, and only its name removes its files',
  async (t) => {
    const { pid, disk } = await keptElsewhere(t);
    const { terminal, printed } = plainTerminal();
    await vmsCommand(terminal);
    t.match(printed(), /^a1 {2}is of another host, boot or container {2}copy host/);
    await stopVms([], terminal);
    t.match(printed(), /a1 is of another host, boot or container: stop it there, or name it here/);
    t.ok(existsSync(disk));
    await stopVms(['a1'], terminal);
    t.notOk(existsSync(disk));
    t.ok(startTicksOf(pid), 'no process of that number is killed');
  },
);
