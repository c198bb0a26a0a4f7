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
  return {
    name: 'export',
    kind: 'nvmet-export',
    machine: 'target',
    params: { transport: 'rdma', nic: 'fab0', namespaces },
  };
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

t.test('only an rdma port has a NIC to ask for', async (t) => {
  for (const transport of ['tcp', 'loop']) {
    const params = { transport, namespaces: [{ drive: 'nvme1', p2pmem: 'auto' }] };
    t.strictSame(
      predictNvmet([{ name: 'export', kind: 'nvmet-export', machine: 'target', params }], paths),
      [],
    );
  }
});

t.test('what is set later counts as well', async (t) => {
  const write = [
    { attribute: 'p2pmem', device: 'shm0' },
    { attribute: 'enable', value: '1' },
    { attribute: 'p2pmem', value: 'y' },
    { attribute: 'p2pmem', value: 'n' },
  ];
  const params = { subsystem: 's', nsid: 1, write };
  const exported = step({ drive: 'nvme1', p2pmem: 'none' });
  Object.assign(exported.params as object, { subsystem: 's' });
  const later = { name: 'change', kind: 'nvmet-namespace', machine: 'target', params };
  t.match(predictNvmet([exported, later], paths), [
    { nsid: 1, auto: false, choice: { providers: ['shm0'] } },
    { nsid: 1, auto: true },
  ]);
});
