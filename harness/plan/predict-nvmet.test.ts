import t from 'tap';
import type { Step } from '../scenario/scenario.js';
import { predictNvmet } from './predict-nvmet.js';
import type { PathPrediction } from './predict.js';

const path = (client: string, provider: string, distance: number): PathPrediction => {
  return { client, provider, distance, map: 'bus', rule: '', decidedBy: '', path: [] };
};
const paths = [
  path('nvme1', 'shm0', 2),
  path('fab0', 'shm0', 8),
  path('nvme1', 'shm1', 4),
  path('fab0', 'shm1', 4),
];
const step = (...namespaces: { drive: string; p2pmem: string }[]): Step => {
  return { name: 'export', kind: 'nvmet-export', machine: 'target', params: { nic: 'fab0', namespaces } };
};

t.test('auto: the nearest to NIC and drive together, not to the drive alone', async (t) => {
  t.strictSame(predictNvmet([step({ drive: 'nvme1', p2pmem: 'auto' })], paths), [
    {
      step: 'export',
      nsid: 1,
      drive: 'nvme1',
      nic: 'fab0',
      auto: true,
      choice: { providers: ['shm1'], distance: 8, perhaps: [] },
    },
  ]);
});

t.test('a named provider is taken, and none is none', async (t) => {
  const steps = [step({ drive: 'nvme0', p2pmem: 'none' }, { drive: 'nvme1', p2pmem: 'shm0' })];
  t.match(predictNvmet(steps, paths), [{ nsid: 2, auto: false, choice: { providers: ['shm0'] } }]);
});

t.test('a provider without published memory cannot be chosen', async (t) => {
  const [prediction] = predictNvmet([step({ drive: 'nvme1', p2pmem: 'auto' })], paths, new Set(['shm0']));
  t.strictSame(prediction?.choice.providers, ['shm0']);
});

t.test('other steps export nothing', async (t) => {
  t.strictSame(predictNvmet([{ name: 'w', kind: 'fio', machine: 'target', params: {} }], paths), []);
});
