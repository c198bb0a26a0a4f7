import t from 'tap';
import { fakeKinds } from './fake-kinds.test.support.js';
import { good, problemsIn, problemsOf } from './problems-of.test.support.js';
import { readScenario } from './read-scenario.js';

const read = (text: string, set?: Record<string, string>) => readScenario('a.yaml', text, fakeKinds, set);

t.test('a scenario is read into its variants', async (t) => {
  const { variants, ...file } = read(good);
  t.same(file, {
    file: 'a.yaml',
    name: 'sample',
    title: 'One drive and two providers',
    tags: ['copy'],
    matrix: { provider: ['nvme0', 'shm0'] },
    params: { size: '8M' },
  });
  t.same(
    variants.map(({ variant }) => variant),
    [{ provider: 'nvme0' }, { provider: 'shm0' }],
  );
});

t.test('a variant is typed, with sizes in bytes and defaults', async (t) => {
  const MiB = 2 ** 20;
  t.strictSame(read(good).variants[0], {
    file: 'a.yaml',
    name: 'sample',
    title: 'One drive and two providers',
    tags: ['copy'],
    variant: { provider: 'nvme0' },
    needs: { kernel: [], qemu: [] },
    machines: {
      host: {
        cpu: 'EPYC',
        cpus: 2,
        iommu: 'none',
        memory: 768 * MiB,
        pcie: [
          {
            type: 'switch',
            ports: [
              { type: 'nvme', id: 'nvme0', size: 64 * MiB, cmb: 32 * MiB },
              { type: 'nvme', id: 'nvme1', size: 256 * MiB, cmb: 0 },
              { type: 'ivshmem', id: 'shm0', size: 64 * MiB },
            ],
          },
          { type: 'nic', id: 'net0', network: 'lan', model: 'virtio-net-pci' },
        ],
        append: [],
      },
    },
    steps: [
      {
        name: 'write',
        kind: 'fio',
        machine: 'host',
        params: { disk: 'nvme1', rw: 'write', bs: [4096, 16384], size: 8 * MiB, memory: 'nvme0' },
      },
    ],
    expect: [{ type: 'data', steps: ['write'], drive: 'nvme1', through: 'nvme0', atLeast: 0.99 }],
    without: [],
    rebind: [],
    compare: [],
    allow: [],
  });
});

t.test('only keeps a step and an expectation in the variants it lists', async (t) => {
  const [, shm0] = read(good).variants;
  t.same(
    shm0?.steps.map(({ name }) => name),
    ['write', 'p2pmem-map'],
  );
  t.same(shm0?.expect.at(-1), { type: 'value', of: 'p2pmem-map.pagesTaken', is: 8 });
});

t.test('unnamed steps are called by their kind, past names that were given', async (t) => {
  const steps = [
    'p2pmem-state: {}',
    'p2pmem-state: {}',
    'p2pmem-exhaust: {}\n    name: p2pmem-state-2',
    'p2pmem-state: {}',
  ];
  const text = good.replace(/steps:\n[^]*$/, `steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`);
  t.same(
    read(text).variants[0]?.steps.map(({ name }) => name),
    ['p2pmem-state', 'p2pmem-state-3', 'p2pmem-state-2', 'p2pmem-state-4'],
  );
});

t.test('a card has its devices as functions', async (t) => {
  const text = good.replace(
    '{ nic: net0, network: lan }',
    'card: [{ nvme: a, size: 1M, mdts: 11 }, { nvme: b, size: 2M }]',
  );
  t.same(read(text).variants[0]?.machines.host?.pcie[1], {
    type: 'card',
    functions: [
      { type: 'nvme', id: 'a', size: 2 ** 20, cmb: 0, mdts: 11 },
      { type: 'nvme', id: 'b', size: 2 ** 21, cmb: 0 },
    ],
  });
});

t.test('a setting restricts the matrix', async (t) => {
  const { variants, matrix } = read(good, { provider: 'shm0' });
  t.same(
    variants.map(({ variant }) => variant),
    [{ provider: 'shm0' }],
  );
  t.same(matrix, { provider: ['nvme0', 'shm0'] });
});

t.test('a setting replaces the default of a param', async (t) => {
  const { variants, params } = read(good, { size: '1M', elsewhere: 'x' });
  t.match(variants[0]?.steps[0]?.params, { size: 2 ** 20 });
  t.same(params, { size: '1M' });
});

t.test('a setting that the matrix does not list is refused', async (t) => {
  t.same(problemsIn(good, { provider: 'nvme7' }), [
    'a.yaml:5:13: matrix.provider: want nvme0 or shm0, found "nvme7" in --set',
  ]);
});

t.test('the title may name the variant', async (t) => {
  const file = read(good.replace('One drive and two providers', 'Data in ${provider}'));
  t.equal(file.title, 'Data in ${provider}');
  t.equal(file.variants[1]?.title, 'Data in shm0');
});

t.test('anchors are followed, and problems are where the text is', async (t) => {
  const shared = good
    .replace('{ nvme: nvme1,', '&drive { nvme: nvme1,')
    .replace('{ nic: net0, network: lan }', '*drive');
  t.same(problemsIn(shared), ['a.yaml:14:28: want each id once, found "nvme1" again']);
});

t.test('all problems are told at once, in file order', async (t) => {
  const text = good
    .replace('tags:', 'tgs:')
    .replace('cpu:', 'cpi:')
    .replace('8M', '8X')
    .replace('rw: write', 'rw: erase');
  t.same(problemsIn(text), [
    'a.yaml:3:1: unknown key "tgs", did you mean "tags"?',
    "a.yaml:10:5: machines.host.cpu: want a QEMU CPU model like EPYC, since the kernel's host-bridge rule needs it, found nothing",
    'a.yaml:10:5: unknown key "cpi", did you mean "cpu"?',
    'a.yaml:19:29: steps[0].fio.rw: want read or write, found "erase"',
    'a.yaml:19:57: steps[0].fio.size: want a size like 64M, found "8X"',
  ]);
});

t.test('a problem of one variant says of which', async (t) => {
  t.same(problemsOf("through: '${provider}'", "through: 'x-${provider}'"), [
    'a.yaml:23:50: expect[0].data.through: want a provider (nvme0 or shm0) or none, found "x-nvme0" [provider=nvme0]',
    'a.yaml:23:50: expect[0].data.through: want a provider (nvme0 or shm0) or none, found "x-shm0" [provider=shm0]',
  ]);
});

t.test('an unknown variable hides what follows from it', async (t) => {
  t.same(problemsOf("'${size}'", "'${siz}'"), [
    'a.yaml:19:57: unknown variable "${siz}", did you mean "size"?',
  ]);
});

t.test('a control character in a file does not reach the terminal', async (t) => {
  t.same(problemsOf('rw: write', 'rw: "\\e[31m\\n\\u202e"'), [
    'a.yaml:19:29: steps[0].fio.rw: want read or write, found "\\u001b[31m\\n\\u202e"',
  ]);
});
