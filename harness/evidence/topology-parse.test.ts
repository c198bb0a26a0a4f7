import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { parseTopology } from './topology-parse.js';

/** Printed by a guest of QEMU 7.2.22 with Linux 6.12.117, trimmed to four functions. */
const printed = readFileSync(path.join(packageRoot, 'harness/evidence/testdata/topology.txt'), 'latin1');
const ids = new Map([
  ['0000:03:00.0', 'nvme0'],
  ['0000:04:00.0', 'nvme1'],
  ['0000:05:00.0', 'shm0'],
]);
const topology = parseTopology(printed, ids);
const at = (bdf: string) => topology.functions.find((f) => f.bdf === bdf);

t.test('the CPU is what /proc/cpuinfo says', async (t) => {
  t.strictSame(topology.cpu, { vendor: 'AuthenticAMD', family: 23, model: 1, name: 'AMD EPYC Processor' });
});

t.test('a root port has ACS, and nothing of it is on', async (t) => {
  t.strictSame(at('0000:00:04.0'), {
    bdf: '0000:00:04.0',
    vendor: 0x1b36,
    product: 0x000c,
    class: 0x060400,
    driver: 'pcieport',
    bars: [{ bar: 0, start: 0xfea02000, end: 0xfea03000 }],
    acs: { capability: ['SV', 'TB', 'RR', 'CR', 'UF', 'DT'], control: [] },
  });
});

t.test('an upstream port has a parent and no ACS', async (t) => {
  t.strictSame(at('0000:01:00.0'), {
    bdf: '0000:01:00.0',
    vendor: 0x104c,
    product: 0x8232,
    class: 0x060400,
    driver: 'pcieport',
    parent: '0000:00:04.0',
    bars: [],
  });
});

t.test('a drive with a CMB has its registers, their meaning, and the pool made of it', async (t) => {
  t.match(at('0000:03:00.0'), {
    driver: 'nvme',
    parent: '0000:02:00.0',
    bars: [
      { bar: 0, start: 0xfe600000, end: 0xfe604000 },
      { bar: 2, start: 0xf8000000, end: 0xfa000000 },
    ],
    cmb: { cmbsz: 131613, cmbloc: 98, bar: 2, offset: 0, size: 32 * 2 ** 20 },
    pool: { size: 32 * 2 ** 20, published: true },
  });
});

t.test('answers are by device id, and by BDF where the plan has no such device', async (t) => {
  t.strictSame(topology.answers?.paths.slice(0, 4), [
    { client: 'nvme1', provider: 'nvme0', distance: 4, map: 'bus' },
    { client: 'nvme1', provider: 'nvme1', distance: 0, map: 'none' },
    { client: 'nvme1', provider: 'shm0', distance: 4, map: 'bus' },
    { client: '0000:06:00.1', provider: 'nvme0', distance: 6, map: 'host-bridge' },
  ]);
  t.strictSame(topology.answers?.choices.slice(0, 2), [
    { client: 'nvme1', provider: 'shm0' },
    { client: '0000:06:00.1', provider: 'nvme0' },
  ]);
});

t.test('a question about a device that is not there has no answer', async (t) => {
  const error = 'no answer';
  t.strictSame(topology.answers?.paths.at(-1), { client: '0000:07:00.0', provider: 'shm0', error });
  t.strictSame(topology.answers?.choices.at(-1), { client: '0000:07:00.0', error });
});

t.test('a refused path has a distance of -1', async (t) => {
  const { answers } = parseTopology('probe 0000:03:00.0 0000:05:00.0 = distance -1 map refused\n', ids);
  t.strictSame(answers?.paths, [{ client: 'nvme0', provider: 'shm0', distance: -1, map: 'refused' }]);
});

t.test('a kernel without the test module has no answers', async (t) => {
  t.equal(parseTopology(printed.replaceAll(/^(?:probe|choose) .*\n/gm, ''), ids).answers, undefined);
});

t.test('a function below an IOMMU has a group, whose domain has a type', async (t) => {
  const { functions } = parseTopology('function /sys/devices/pci0000:00/0000:00:04.0 7 DMA-FQ\n', ids);
  t.match(functions, [{ bdf: '0000:00:04.0', iommuGroup: '7', iommuType: 'DMA-FQ' }]);
});

t.test('no output stops the parser, wherever it is cut', async (t) => {
  const noise = fc.oneof(fc.constantFrom(...printed.split('\n')), fc.string());
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 30 }), (lines) => Boolean(parseTopology(lines.join('\n'), ids))),
  );
  t.pass();
});

t.test('below another host bridge a function has its root bus, and a root port no parent', async (t) => {
  const { functions } = parseTopology(
    [
      'function /sys/devices/pci0000:40/0000:40:01.0',
      'function /sys/devices/pci0000:40/0000:40:01.0/0000:41:00.0',
      'function /sys/devices/pci0000:00/0000:00:05.0',
    ].join('\n'),
    ids,
  );
  t.strictSame(
    functions.map(({ bdf, rootBus, parent }) => [bdf, rootBus, parent]),
    [
      ['0000:40:01.0', 0x40, undefined],
      ['0000:41:00.0', 0x40, '0000:40:01.0'],
      ['0000:00:05.0', undefined, undefined],
    ],
  );
});
