import { execa } from 'execa';
import t from 'tap';
import { p2pmemDevices } from './p2pmem-devices.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const shm0 = { provider: 'shm0' };
const pci = '/sys/devices/pci0000:00/0000:05:00.0';
const device = (name: string, offset: string, more = '') => `device ${name} ${pci}/${name}
parent ${pci}
link ${pci}/${name}
link ${pci}/${name}
link ${pci}/${name}
size 16777216
available 16773120
published 1
bar 2
offset ${offset}
phys_address 0xf6000000
bus_address 0xf6000000
bar_start 0x00000000f4000000
node fb:10
number 251:16
${more}`;
const samples = (output: string) =>
  Object.fromEntries(
    samplesOf(p2pmemDevices, shm0, `provider shm0 0000:05:00.0\n${output}`).map((s) => [s.name, s.value]),
  );

t.test('the place and the attributes of each device are recorded', async (t) => {
  t.strictSame(samples(device('p2pmem3', '0x2000000')), {
    devices: 1,
    'device0.name': 'p2pmem3',
    'device0.parent': 'shm0',
    'device0.links': 3,
    'device0.size': 16777216,
    'device0.available': 16773120,
    'device0.published': 1,
    'device0.bar': 2,
    'device0.offset': 0x2000000,
    'device0.cpuOffset': 0x2000000,
    'device0.busOffset': 0,
    'device0.node': 'its-own',
  });
});

t.test('devices are counted from 0', async (t) => {
  const both = samples(device('p2pmem0', '0x0') + device('p2pmem1', '0x2000000'));
  t.match(both, { devices: 2, 'device0.offset': 0, 'device1.name': 'p2pmem1', 'device1.offset': 0x2000000 });
});

t.test('a provider without devices has none', async (t) => {
  t.strictSame(samples(''), { devices: 0 });
});

t.test('links that lead elsewhere, another parent, and no node are seen', async (t) => {
  const text = device('p2pmem0', '0x0')
    .replace(`link ${pci}/p2pmem0`, 'link missing')
    .replace(`parent ${pci}`, 'parent /sys/devices/pci0000:00/0000:04:00.0')
    .replace('node fb:10', 'node missing');
  t.match(samples(text), { 'device0.links': 2, 'device0.parent': '0000:04:00.0', 'device0.node': 'missing' });
  t.match(samples(device('p2pmem0', '0x0').replace('fb:10', 'fb:11')), { 'device0.node': "another's" });
});

t.test('output that lacks something cannot be read', async (t) => {
  t.throws(() => samplesOf(p2pmemDevices, shm0, ''), new Error('the script did not begin'));
  t.throws(() => samples('device p2pmem0 /x/p2pmem0\n'), new Error('the script printed no parent'));
});

t.test('the script is one that a POSIX shell can read', async (t) => {
  await t.resolves(execa('sh', ['-n'], { input: scriptsOf(p2pmemDevices, shm0)[0] }));
});
