import t from 'tap';
import type { Scenario } from '../scenario/scenario.js';
import { asKernelCan, missingInKernel } from './kernel-needs.js';

const step = (name: string, kind: string, params: object) => ({ name, kind, machine: 'host', params });
const nvme = { type: 'nvme', id: 'nvme0', size: 1, cmb: 1 };
const shm = { type: 'ivshmem', id: 'shm0', size: 1 };
const copy = (memory: string) => step('write', 'fio', { disk: 'nvme0', rw: 'write', memory });
const allocate = (provider: string) => step('take', 'p2pmem-time', { provider });
const exported = (p2pmem: string, transport = 'rdma') =>
  step('export', 'nvmet-export', { subsystem: 's', transport, namespaces: [{ drive: 'nvme0', p2pmem }] });

const missing = (
  steps: object[],
  {
    symbols = [],
    release = '6.13.0',
    modules,
  }: { symbols?: string[] | null; release?: string; modules?: string[] } = {},
  more: object = {},
) =>
  missingInKernel(
    {
      machines: { host: { pcie: [nvme, shm] } },
      steps,
      expect: [],
      needs: { kernel: [] },
      ...more,
    } as unknown as Scenario,
    {
      name: 'mine',
      bzImage: 'b',
      release,
      ...(modules && { guestModules: { names: modules } }),
      ...(symbols && { symbols: new Map(symbols.map((s) => [s, 'y'])) }),
    },
  );

const noIvshmem = 'kernel mine is built without CONFIG_P2PMEM_IVSHMEM: it makes no p2pmem of shm0';

t.test('an ivshmem that is only there for the topology is no reason to skip', async (t) => {
  t.same(missing([copy('nvme0')]), []);
  t.same(missing([copy('shm0')]), [noIvshmem]);
  t.same(missing([copy('shm0')], { symbols: ['P2PMEM_IVSHMEM'] }), []);
});

t.test('a provider may also be named by an expectation', async (t) => {
  const expect = [{ type: 'data', steps: ['write'], drive: 'nvme0', through: 'shm0', atLeast: 1 }];
  t.same(missing([copy('nvme0')], {}, { expect }), [noIvshmem]);
});

t.test('what has no driver is not bound to it again', async (t) => {
  const scenario = {
    machines: { host: { pcie: [nvme, shm] } },
    rebind: ['nvme0', 'shm0'],
  } as unknown as Scenario;
  const rebindOn = (symbols?: string[]) => {
    const known = symbols && { symbols: new Map(symbols.map((symbol) => [symbol, 'y'])) };
    return asKernelCan(scenario, { name: 'mine', bzImage: 'b', ...known }).rebind;
  };
  t.same(rebindOn([]), ['nvme0']);
  t.same(rebindOn(['P2PMEM_IVSHMEM']), ['nvme0', 'shm0']);
  t.same(rebindOn(), ['nvme0', 'shm0'], 'where the .config is not known');
});

t.test('soft RDMA of a kernel without the patches is not asked for peer-to-peer', async (t) => {
  const rdma = 'kernel mine is without kernels/series/p2pdma-enable: its soft RDMA knows no peer-to-peer';
  t.same(missing([exported('nvme0')]), [rdma]);
  t.same(missing([exported('none')]), []);
  t.same(missing([exported('nvme0', 'tcp')]), []);
  t.same(missing([exported('nvme0')], { symbols: ['P2PMEM_IVSHMEM'] }), []);
});

t.test('the test module, and who asks it', async (t) => {
  t.same(missing([allocate('nvme0')]), [
    'kernel mine is built without CONFIG_P2PMEM_TEST, which step take asks',
  ]);
  t.same(missing([allocate('nvme0')], { symbols: ['P2PMEM_TEST'] }), []);
  const said = { needs: { kernel: ['P2PMEM_TEST'] } };
  t.same(missing([allocate('nvme0')], {}, said), [], 'the plan says so already');
});

t.test(
  'reads of config space count only what is read again, and the test module has read first',
  async (t) => {
    const expect = [
      { type: 'data', steps: ['write'], drive: 'nvme0', through: 'nvme0', atLeast: 1, configReads: 0 },
    ];
    t.same(missing([copy('nvme0')], {}, { expect }), [
      'kernel mine is built without CONFIG_P2PMEM_TEST: no path was asked about before, so the first transfer reads config space',
    ]);
    t.same(missing([copy('nvme0')], { symbols: ['P2PMEM_TEST'] }, { expect }), []);
  },
);

t.test('user space has p2pmem from 6.2 on', async (t) => {
  const old = ['kernel mine is Linux 6.1.192: user space has p2pmem from 6.2 on'];
  t.same(missing([copy('nvme0')], { release: '6.1.192' }), old);
  t.same(missing([copy('nvme0')], { release: '6.1.192', symbols: null }), old, 'also of a bare bzImage');
  t.same(missing([copy('ram')], { release: '6.1.192' }), []);
});

t.test('a module that is built in can be neither loaded nor unloaded', async (t) => {
  const steps = [step('a', 'module', { unload: 'nvmet-rdma' }), step('b', 'module', { load: 'nvmet-rdma' })];
  const said = ['kernel mine has no module nvmet_rdma: it is built in, or not there'];
  t.same(missing(steps), said, 'none at all');
  t.same(missing(steps, { modules: ['nvmet'] }), said);
  t.same(missing(steps, { modules: ['nvmet', 'nvmet_rdma'] }), []);
  t.same(missing(steps, { symbols: null }), [], 'nobody knows');
});

t.test('of a kernel without its .config nothing else is known', async (t) => {
  t.same(missing([copy('shm0'), allocate('shm0'), exported('shm0')], { symbols: null }), []);
});
