import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Boot } from './boot.js';
import { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import { canBeLeft, rememberAsFound } from './leave-as-found.js';
import { machine, scenario } from '../plan/sample.test.support.js';
import type { RunPlan } from '../plan/plan.js';
import type { Recording } from './record-step.js';

const { signal } = new AbortController();
const flatView = (end: string) =>
  `FlatView #0\n AS "memory", root: system\n  0000000000000000-${end} (prio 0, ram): pc.ram\n`;

/** A variant on one machine that has run; its guest and QEMU answer what is set. */
async function ran(t: Test) {
  const dir = t.testdir({ 'console.log': 'a line\n' });
  const now = { state: 'mount a\n', end: '000000002fffffff' };
  const made = {
    name: 'host',
    bridges: [],
    devices: [],
    scratch: ['nvme0.disk'],
    files: [],
    argv: [],
    nonce: '',
  };
  const plan = { kind: 'run', machines: [made], limits: { evidenceMs: 10_000 } } as unknown as RunPlan;
  const recorder = new EvidenceRecorder(scenario({ host: machine() }), plan, dir);
  recorder.machine('host').found({ devices: [], ram: [{ start: 0, end: 0x30000000 }] });
  const guest = { read: async () => Buffer.from(now.state) };
  const qmp = { execute: async () => [], human: async () => flatView(now.end) };
  const vm = { qmp, console: { file: path.join(dir, 'console.log') } };
  const run = { scenario: recorder.scenario, plan, dir, signal, onPhase: () => {} };
  const recording = { run, recorder, machines: new Map([['host', { guest, vm }]]) } as unknown as Recording;
  const boot = new Boot();
  await rememberAsFound(recording, boot);
  writeFileSync(vm.console.file, 'a line\nanother\n');
  const changes = async () => (await recorder.finish()).leftChanged;
  return { now, recording, boot, changes };
}

t.test(
  'machines that are as they were found are left to another, and how far their console was read',
  async (t) => {
    const { recording, boot, changes } = await ran(t);
    t.ok(await canBeLeft(recording, boot, []));
    t.equal(boot.earlier.length, 1);
    t.equal(boot.consoleBytes.get('host'), 'a line\nanother\n'.length);
    t.equal(await changes(), undefined);
  },
);

t.test('not when the guest is another, and that is told', async (t) => {
  const { now, recording, boot, changes } = await ran(t);
  now.state = 'mount a\nprocess fio\n';
  t.notOk(await canBeLeft(recording, boot, []));
  t.strictSame(boot.earlier, []);
  t.strictSame(await changes(), { host: ['+ process fio'] });
});

t.test('not when QEMU has mapped something else', async (t) => {
  const { now, recording, boot, changes } = await ran(t);
  now.end = '000000003fffffff';
  t.notOk(await canBeLeft(recording, boot, []));
  t.strictSame(await changes(), { host: ['what QEMU has mapped'] });
});

t.test('not when a step has ended a machine', async (t) => {
  const { recording, boot } = await ran(t);
  recording.machines.delete('host');
  t.notOk(await canBeLeft(recording, boot, []));
});
