import t from 'tap';
import type { Scenario, Step } from '../scenario/scenario.js';
import { controlSteps } from './control-steps.js';
import { kindOf } from './step-kinds.js';

const step = (name: string, kind: string, params: object): Step => ({ name, kind, machine: 'host', params });
const write = (times: number) => {
  return { subsystem: 's', nsid: 1, times, write: [{ attribute: 'p2pmem', device: 'shm0' }] };
};
const steps = [
  step('link', 'rdma-link', { nic: 'fab0', driver: 'rxe' }),
  step('set', 'nvmet-namespace', write(1)),
  step('trial', 'nvmet-namespace', write(50)),
  step('hold', 'p2pmem-hold', { provider: 'shm0', leave: 0 }),
  step('write', 'fio', { disk: 'remote0', rw: 'write', bs: [4096], size: 4096, memory: 'ram' }),
  step('starved', 'fio', { disk: 'remote0', rw: 'write', bs: [4096], size: 4096, memory: 'ram' }),
  step('disconnect', 'nvme-disconnect', { subsystem: 's' }),
];
const control = (through: string) =>
  controlSteps(
    {
      steps,
      expect: [{ type: 'data', steps: ['write'], drive: 'nvme1', through, atLeast: 1 }],
    } as unknown as Scenario,
    kindOf,
  );

t.test('claimed steps and what sets them up, without peer memory; trials and holders are left out', (t) => {
  const names = control('shm0').map(({ name }) => name);
  t.strictSame(names, ['control-set', 'control-write', 'control-disconnect']);
  t.match(control('shm0')[0]?.params, { write: [{ attribute: 'p2pmem', value: '0' }] });
  t.end();
});

t.test('where nothing is claimed there is nothing to control', (t) => {
  t.strictSame(control('none'), []);
  t.end();
});
