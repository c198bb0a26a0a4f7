import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { markProcess } from './host/process-mark.js';
import { rememberRun, sweepKilledRuns } from './sweep-killed-runs.js';
import { registerKeptVm } from './vm/kept-vms.js';

/** A run folder with a machine, in a state folder of the test's own where a run of that mark is noted. */
function runOf(t: Test, mark: object) {
  const scratch = { ssh_host_key: '', authorized_keys: '', 'nvme0.disk': '', 'shm0.bar': '', 'qmp.sock': '' };
  const machine = { ...scratch, 'console.log': '', 'dma.trace': '' };
  const dir = t.testdir({ run: { results: { 'copy.x=1': { host: machine } } } });
  process.env.XDG_STATE_HOME = path.join(dir, 'state'); // of this test file's own process
  const notes = path.join(dir, 'state/p2plab/running');
  mkdirSync(notes, { recursive: true });
  const run = path.join(dir, 'run');
  writeFileSync(path.join(notes, 'a.json'), JSON.stringify({ ...markProcess(), dir: run, ...mark }));
  return { run, notes, machine: path.join(run, 'results/copy.x=1/host') };
}

t.test('keys, disks and BARs of a run that was killed go, its logs stay', async (t) => {
  const { machine, notes } = runOf(t, { startTicks: '1' });
  await sweepKilledRuns();
  t.same(readdirSync(machine).sort(), ['console.log', 'dma.trace']);
  t.same(readdirSync(notes), []);
});

t.test('a run that goes on, or of another host, keeps everything', async (t) => {
  for (const mark of [{}, { place: 'another host', startTicks: '1' }]) {
    const { machine, notes } = runOf(t, mark);
    await sweepKilledRuns();
    t.equal(readdirSync(machine).length, 7);
    t.same(readdirSync(notes), ['a.json']);
  }
});

t.test('a VM that was kept keeps its files', async (t) => {
  const { machine } = runOf(t, { startTicks: '1' });
  const vm = {
    id: 'a1',
    title: 'copy host',
    pid: process.pid,
    dir: machine,
    sshPort: 1,
    key: 'k',
    scratch: [],
  };
  await registerKeptVm(vm);
  await sweepKilledRuns();
  t.equal(readdirSync(machine).length, 7);
});

t.test('a link to a folder elsewhere is not followed, and a note that was cut off is dropped', async (t) => {
  const { run, notes, machine } = runOf(t, { startTicks: '1' });
  const elsewhere = path.join(run, '../elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(path.join(elsewhere, 'nvme0.disk'), '');
  symlinkSync(elsewhere, path.join(machine, '../link'));
  writeFileSync(path.join(notes, 'b.json'), '{"pid":');
  await sweepKilledRuns();
  t.notOk(existsSync(path.join(machine, 'nvme0.disk')));
  t.ok(existsSync(path.join(elsewhere, 'nvme0.disk')));
  t.same(readdirSync(notes), []);
});

t.test('a run is forgotten at its end', async (t) => {
  const { notes } = runOf(t, {});
  const forget = await rememberRun('.');
  t.equal(readdirSync(notes).length, 2);
  await forget();
  t.same(readdirSync(notes), ['a.json']);
});
