import t from 'tap';
import { compareRuns } from './compare-runs.js';
import { comparisonText } from './comparison-text.js';
import { loaded, recorded } from './recorded.test.support.js';
import type { Result } from './run-document.js';
import { header, result } from './sample.test.support.js';

const of = (name: string, over: Partial<Result>): Result => result({ scenario: name, variant: {}, ...over });
const compared = (base: Result[], head: Result[]) => compareRuns(loaded(base), loaded(head));

const copied = (over: {
  commands?: number;
  bytesByRegion?: Record<string, number>;
  kind?: string;
  more?: string[];
}) => {
  const { commands = 8, bytesByRegion = { shm0: 4096 }, kind = 'fio', more = [] } = over;
  const transfers = [
    { machine: 'host', drive: 'nvme1', direction: 'write' as const, commands, bytesByRegion },
  ];
  const step = { machine: 'host', ms: 1, dipBytes: {}, bytesByRegion: {} };
  const steps = [
    { ...step, name: 'write', kind, transfers },
    ...more.map((k) => ({ ...step, name: k, kind: k, transfers: [] })),
  ];
  return of('copy', { evidence: { dma: { bytesByRegion: {} }, steps, findings: [] } });
};

t.test('what is new, fixed, still failing, not comparable, added and removed', async (t) => {
  const base = [
    of('breaks', { outcome: 'pass' }),
    of('mended', { outcome: 'fail' }),
    of('bad', { outcome: 'fail', reasons: ['oops, console line 12'] }),
    of('worse', { outcome: 'fail', reasons: ['oops'] }),
    of('host-trouble', { outcome: 'pass' }),
    of('skipped', { outcome: 'skip' }),
    of('gone', {}),
    of('good', {}),
  ];
  const head = [
    of('breaks', { outcome: 'fail', reasons: ['no dip'] }),
    of('mended', { outcome: 'pass' }),
    of('bad', { outcome: 'fail', reasons: ['oops, console line 99'] }),
    of('worse', { outcome: 'fail', reasons: ['a leak'] }),
    of('host-trouble', { outcome: 'broken' }),
    of('skipped', { outcome: 'fail' }),
    of('good', {}),
    of('more', {}),
  ];
  t.same(
    compared(base, head).results.map(({ title, change, otherReason }) => [change, title, otherReason]),
    [
      ['new', 'breaks', undefined],
      ['fixed', 'mended', undefined],
      ['failing', 'bad', false],
      ['failing', 'worse', true],
      ['unclear', 'host-trouble', undefined],
      ['unclear', 'skipped', undefined],
      ['added', 'more', undefined],
      ['removed', 'gone', undefined],
    ],
  );
});

t.test('data that goes another way is told, as in a fallback in silence', async (t) => {
  const comparison = compared([copied({})], [copied({ bytesByRegion: { shm0: 0, ram: 4096 } })]);
  t.same(comparison.ways, [
    { title: 'copy', step: 'write: host nvme1 write', base: ['shm0'], head: ['ram'] },
  ]);
  t.match(comparisonText(comparison), 'Data went another way:\n* copy, write: host nvme1 write: shm0 -> ram');
});

t.test('counts are told when they more than double, as fewer differ where requests merge', async (t) => {
  const twice = compared([copied({})], [copied({ commands: 16 })]);
  t.match(twice.numbers, [{ name: 'write: host nvme1 write commands', base: 8, head: 16, kind: 'count' }]);
  t.notMatch(comparisonText(twice), 'Counts');
  t.match(
    comparisonText(compared([copied({})], [copied({ commands: 64 })])),
    /Counts that changed:\n.*base {2}this run +ratio\ncopy\n {2}write: host nvme1 write commands +8 +64 commands {2}x 8.00/,
  );
});

t.test('while I/O goes on in the background, how much of it falls into a step is no change', async (t) => {
  const base = copied({ kind: 'io-begin', more: ['hot-unplug', 'io-end'] });
  const head = copied({
    kind: 'io-begin',
    commands: 999,
    bytesByRegion: { ram: 8 },
    more: ['hot-unplug', 'io-end'],
  });
  const { ways, numbers } = compared([base], [head]);
  t.same([ways, numbers], [[], []]);
});

t.test('numbers of what was broken off are not compared', async (t) => {
  const broken = { ...copied({ commands: 1 }), outcome: 'broken' as const };
  t.same(compared([copied({})], [broken]).numbers, []);
});

t.test('the environment: patches, emulator, host', async (t) => {
  const kernel = header.kernels[0]!;
  const series = [...kernel.series, { name: '--patch', patches: ['my-fix.patch'], linesAdded: 1 }];
  const head = loaded([], {
    kernels: [{ ...kernel, series }],
    host: { ...header.host, qemu: '8.0', cpus: 8 },
  });
  t.same(compareRuns(loaded([]), head).environment, [
    { what: 'kernel p2pmem-6.12: patches on top', base: 'none', head: 'my-fix.patch' },
    { what: 'QEMU', base: '7.2.22', head: '8.0' },
    { what: 'host CPUs', base: '4, a CPU', head: '8, a CPU' },
  ]);
});

t.test('properties in which kernels are compared', async (t) => {
  const told = (value: string) => of('design', { comparison: [{ property: 'struct pages', value }] });
  t.same(compared([told('16 B')], [told('0 B')]).properties, [
    { what: 'struct pages, design', base: '16 B', head: '0 B' },
  ]);
});

t.test('a real run against itself: nothing changed', async (t) => {
  const run = await recorded('base');
  const { results, ways, numbers, properties, environment } = compareRuns(run, run);
  t.same([results, ways, numbers, properties, environment], [[], [], [], [], []]);
});
