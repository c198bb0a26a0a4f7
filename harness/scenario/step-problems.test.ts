import t from 'tap';
import { good, problemsIn, problemsOf } from './problems-of.test.support.js';

const map = 'p2pmem-map: { provider: shm0, pages: 8 }';
const connect = 'nvme-connect: { as: remote0, nic: net0 }';
const readRemote = 'fio: { disk: remote0, rw: read, bs: 4k, size: 1M }';
const cases: { when: string; from: string; to: string; want: string[] }[] = [
  {
    when: 'a kind is misspelt',
    from: map,
    to: 'p2pmem-mop: { provider: shm0, pages: 8 }\n    name: p2pmem-map',
    want: ['a.yaml:20:5: unknown key "p2pmem-mop", did you mean "p2pmem-map"? [provider=shm0]'],
  },
  {
    when: 'a step has two kinds',
    from: map,
    to: `${map}\n    p2pmem-state: {}`,
    want: [
      'a.yaml:20:5: steps[1]: want a step with only one of p2pmem-map and p2pmem-state, found a map with p2pmem-map, p2pmem-state, only [provider=shm0]',
    ],
  },
  {
    when: 'a param is missing',
    from: ', pages: 8',
    to: '',
    want: [
      'a.yaml:20:17: steps[1].p2pmem-map.pages: want a whole number of at least 1, found nothing [provider=shm0]',
    ],
  },
  {
    when: 'a param is unknown',
    from: 'rw: write,',
    to: 'rw: write, dpth: 3,',
    want: ['a.yaml:19:36: unknown key "dpth", want one of disk, rw, bs, size, memory'],
  },
  {
    when: 'one entry of a list is wrong',
    from: '16k',
    to: '100',
    want: [
      'a.yaml:19:45: steps[0].fio.bs[1]: want a size like 64M of at least 512, a multiple of 512, found 100',
    ],
  },
  {
    when: 'a value that may be a list is wrong',
    from: '[4k, 16k]',
    to: 'big',
    want: [
      'a.yaml:19:40: steps[0].fio.bs: want a size like 64M of at least 512, a multiple of 512, found "big"',
    ],
  },
  {
    when: 'a step has no params',
    from: map,
    to: 'p2pmem-map:',
    want: ['a.yaml:20:16: steps[1].p2pmem-map: want a map, found nothing [provider=shm0]'],
  },
  {
    when: 'two steps have one name',
    from: map,
    to: `${map}\n    name: write`,
    want: [
      'a.yaml:21:11: want each step name once, found "write" again [provider=shm0]',
      'a.yaml:25:14: expect[1].value: want a step (write), found "p2pmem-map" [provider=shm0]',
    ],
  },
  {
    when: 'on names no machine',
    from: map,
    to: `${map}\n    on: client`,
    want: ['a.yaml:21:9: steps[1].on: want the machine host, found "client" [provider=shm0]'],
  },
  {
    when: 'a step is for a drive that is a nic',
    from: 'disk: nvme1',
    to: 'disk: net0',
    want: [
      'a.yaml:19:18: steps[0].fio.disk: want an nvme drive or a disk that an earlier step connects (nvme0 or nvme1), found "net0", which is a nic',
    ],
  },
  {
    when: 'memory is on a drive without a CMB',
    from: 'p2pmem-map: { provider: shm0',
    to: 'p2pmem-map: { provider: nvme1',
    want: [
      'a.yaml:20:29: steps[1].p2pmem-map.provider: want a provider (nvme0 or shm0), found "nvme1", which is an nvme drive without a CMB [provider=shm0]',
    ],
  },
  {
    when: 'a disk is connected too late',
    from: 'steps:\n',
    to: `steps:\n  - ${readRemote}\n  - ${connect}\n`,
    want: [
      'a.yaml:18:18: steps[0].fio.disk: want an nvme drive or a disk that an earlier step connects (nvme0 or nvme1), found "remote0", which only a later step connects',
    ],
  },
  {
    when: 'a connected disk has the id of a device',
    from: map,
    to: `${map}\n  - nvme-connect: { as: nvme0, nic: net0 }`,
    want: ['a.yaml:21:25: want each id once, found "nvme0" again [provider=shm0]'],
  },
  {
    when: 'an expectation is of no step',
    from: 'steps: write',
    to: 'steps: [write, reed]',
    want: [
      'a.yaml:23:28: expect[0].data.steps[1]: want a step (write), found "reed" [provider=nvme0]',
      'a.yaml:23:28: expect[0].data.steps[1]: want a step (write or p2pmem-map), found "reed" [provider=shm0]',
    ],
  },
  {
    when: 'an expectation is of a step that only leaves out',
    from: ', only: { provider: [shm0] } }',
    to: ' }',
    want: ['a.yaml:24:14: expect[1].value: want a step (write), found "p2pmem-map" [provider=nvme0]'],
  },
  {
    when: 'an expectation is of no drive',
    from: 'drive: nvme1',
    to: 'drive: shm0',
    want: [
      'a.yaml:23:34: expect[0].data.drive: want an nvme drive (nvme0 or nvme1), found "shm0", which is an ivshmem',
    ],
  },
  {
    when: 'an expectation is neither of data nor of a value',
    from: '{ value: p2pmem-map.pagesTaken,',
    to: '{ valeu: p2pmem-map.pagesTaken,',
    want: ['a.yaml:24:7: unknown key "valeu", did you mean "value"? [provider=shm0]'],
  },
];

for (const { when, from, to, want } of cases) t.test(when, async (t) => t.same(problemsOf(from, to), want));

const two = good.replace(
  'steps:\n',
  () => '  client:\n    cpu: EPYC\n    pcie: [{ nic: net1, network: lan }]\nsteps:\n',
);
const onHost = two.replaceAll(/^  - (name: write|p2pmem-map)/gm, '  - on: host\n    $1');

t.test('with two machines a step says on which it is', async (t) => {
  t.same(problemsIn(two.replace('  - name: write', '  - on: host\n    name: write')), [
    'a.yaml:24:5: steps[1].on: want the machine host or client, found nothing [provider=shm0]',
  ]);
  t.same(problemsIn(onHost), []);
});

t.test('a device is on the machine of its step', async (t) => {
  t.same(problemsIn(onHost.replace('- on: host\n    p2pmem-map', '- on: client\n    p2pmem-map')), [
    'a.yaml:25:29: steps[1].p2pmem-map.provider: want a provider (there is none), found "shm0", which is an ivshmem of machine host [provider=shm0]',
  ]);
});

t.test('a reference may reach another machine when its kind says so', async (t) => {
  const steps = `steps:\n  - on: client\n    ${connect}\n  - on: client\n    ${readRemote}\n`;
  t.same(problemsIn(onHost.replace('steps:\n', steps)), []);
});

t.test('a disk is on the machine that connected it', async (t) => {
  const steps = `steps:\n  - on: client\n    ${connect}\n  - on: host\n    ${readRemote}\n`;
  t.same(problemsIn(onHost.replace('steps:\n', steps)), [
    'a.yaml:24:18: steps[1].fio.disk: want an nvme drive or a disk that an earlier step connects (nvme0 or nvme1), found "remote0", which a step of machine client connects',
  ]);
});

t.test('a step after an unreadable one may use what that would have connected', async (t) => {
  const text = good.replace('steps:\n', `steps:\n  - nvme-connect: { as: remote0 }\n  - ${readRemote}\n`);
  t.same(problemsIn(text), [
    'a.yaml:18:19: steps[0].nvme-connect.nic: want a device id of at most 20 lower-case letters, digits and dashes, found nothing',
  ]);
});

t.test('every variant has a step', async (t) => {
  const text = good
    .replace('    fio:', '    only: { provider: shm0 }\n    fio:')
    .replace(/ {2}- data.*\n/, '');
  t.same(problemsIn(text), [
    'a.yaml:18:3: steps: want at least one step, found none left by only [provider=nvme0]',
  ]);
});
