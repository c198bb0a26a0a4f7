import { execa } from 'execa';
import t from 'tap';
import { pageLookup } from './page-lookup.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const ofBar = { page: 'bar', provider: 'shm0', offset: '16M' };
const answer = (provider: string) =>
  `answer provider ${provider} bar 2 offset 0x800000 size 0x1000000 phys 0xf4800000 bus 0x4800000 at 0x3000`;
const seen = 'bar 0x00000000f4000000 0x000000000400000c\nprovider shm0 0000:05:00.0\n';

t.test('a page of the BAR is asked for by the address that sysfs shows', async (t) => {
  const [script] = scriptsOf(pageLookup, ofBar);
  t.match(
    script,
    `set -e
start=$(sed -n '3s/ .*//p' /sys/bus/pci/devices/0000:05:00.0/resource)
low=$(setpci -s 0000:05:00.0 BASE_ADDRESS_2); high=$(setpci -s 0000:05:00.0 BASE_ADDRESS_3)
echo "bar $start 0x$high$low"
echo "provider shm0 0000:05:00.0"
`,
  );
  t.match(script, 'echo "phys $((start + 16777216))" 2>&1 >&3');
});

t.test('one that the kernel allocated, and one of RAM', async (t) => {
  t.match(
    scriptsOf(pageLookup, { page: 'allocated', provider: 'shm0' })[0],
    'echo "kernel 0000:05:00.0" 2>&1 >&3',
  );
  t.match(scriptsOf(pageLookup, { page: 'ram' })[0], 'echo "kernel" 2>&1 >&3');
});

t.test('one that a process holds is asked for while it holds it', async (t) => {
  const [script] = scriptsOf(pageLookup, { page: 'mapped', provider: 'shm0' });
  const order = [
    'p2pmem-map hold',
    'read -r held',
    'pagemap',
    'echo "user $pid 0x$address"',
    'exec 4>&-; wait $pid',
  ];
  const places = order.map((text) => script!.indexOf(text));
  t.strictSame(
    places,
    [...places].sort((a, b) => a - b),
  );
  t.notOk(places.includes(-1));
});

t.test('offsets in the BAR are by every witness', async (t) => {
  t.strictSame(
    samplesOf(
      pageLookup,
      ofBar,
      `${seen}pagemap     ${(1n << 63n) | (1n << 61n) | 0xf4803n}\n${answer('0000:05:00.0')}\n`,
    ),
    [
      { name: 'provider', value: 'shm0' },
      { name: 'bar', value: 2 },
      { name: 'rangeOffset', value: 0x800000, unit: 'B' },
      { name: 'rangeSize', value: 0x1000000, unit: 'B' },
      { name: 'offset', value: 0x803000, unit: 'B' },
      { name: 'cpuOffset', value: 0x803000, unit: 'B' },
      { name: 'busOffset', value: 0x803000, unit: 'B' },
      { name: 'frameOffset', value: 0x803000, unit: 'B' },
    ],
  );
});

t.test('a p2pmem device is named where the kernel has them', async (t) => {
  const output = `${seen}${answer('0000:05:00.0')} device p2pmem1\n`;
  t.match(samplesOf(pageLookup, ofBar, output).at(-1), { name: 'device', value: 'p2pmem1' });
});

t.test('another provider than the one meant is shown by its address', async (t) => {
  t.match(samplesOf(pageLookup, ofBar, `${seen}${answer('0000:04:00.0')}\n`)[0], { value: '0000:04:00.0' });
});

t.test('a page of nobody has a provider none, and nothing else', async (t) => {
  t.strictSame(samplesOf(pageLookup, { page: 'ram' }, 'answer none\n'), [
    { name: 'provider', value: 'none' },
  ]);
});

t.test('an answer that lacks something cannot be read', async (t) => {
  const read = (output: string) => () => samplesOf(pageLookup, ofBar, output);
  t.throws(read(answer('0000:05:00.0')), new Error('the BAR was not read'));
  t.throws(
    read(`${seen}answer provider 0000:05:00.0 bar 2\n`),
    new Error("the test module's answer has no offset"),
  );
});

t.test('a provider is wanted of every page but one of RAM', async (t) => {
  const problem = (params: unknown) => pageLookup.params.safeParse(params).error?.issues[0];
  t.match(problem({ page: 'bar' }), { path: ['provider'], message: 'a provider, except of a page of ram' });
  t.match(problem({ page: 'ram', provider: 'shm0' }), { path: ['provider'] });
  t.equal(problem({ page: 'mapped', provider: 'shm0' }), undefined);
});

t.test('every script is one that a POSIX shell can read', async (t) => {
  for (const page of ['bar', 'mapped', 'allocated'])
    for (const script of scriptsOf(pageLookup, { page, provider: 'shm0' }))
      await t.resolves(execa('sh', ['-n'], { input: script }));
});
