import t from 'tap';
import { DiskFull, HarnessError } from '../common/errors.js';
import type { RunPlan } from '../plan/plan.js';
import type { Scenario } from '../scenario/scenario.js';
import { EvidenceRecorder } from './evidence-recorder.js';

const recorder = () => new EvidenceRecorder({} as Scenario, { machines: [] } as unknown as RunPlan, '/run');
const lost = new HarnessError('harness', 'SSH is gone', { remedy: 'look' });
const died = new HarnessError('host', 'QEMU ended', { remedy: 'look', evidence: '/run/host/qemu.log' });
const full = new DiskFull('host', 'the disk is full', { remedy: 'free space' });

t.test('of what ends a run the first stands', async (t) => {
  const recording = recorder();
  recording.endedBy(died);
  recording.endedBy(lost);
  const { end } = await recording.finish();
  t.match(end, { blame: 'host', message: 'QEMU ended', remedy: 'look', evidence: 'host/qemu.log' });
});

t.test('a full disk stands, whenever it was noticed', async (t) => {
  for (const errors of [
    [lost, full],
    [full, lost],
  ]) {
    const recording = recorder();
    for (const error of errors) recording.endedBy(error);
    t.match((await recording.finish()).end, { message: 'the disk is full', diskFull: true });
  }
});
