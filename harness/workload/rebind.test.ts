import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { rebind } from './rebind.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const device = { device: 'shm0' };

/** Runs the script with files of its own for sysfs and procfs; unbind and bind keep what was written last. */
async function run(t: Test, params: object, parameters: Record<string, string> = {}) {
  const dir = t.testdir({
    sys: {
      bus: {
        pci: {
          devices: { '0000:05:00.0': { driver: t.fixture('symlink', '../../drivers/p2pmem-ivshmem') } },
        },
      },
    },
    drivers: {},
    proc: { uptime: '12.34 20.00\n', vmstat: 'nr_free_pages 5\nnr_memmap_pages 4352\n' },
  });
  const driver = path.join(dir, 'sys/bus/pci/drivers/p2pmem-ivshmem');
  await execa('mkdir', ['-p', `${driver}/module/parameters`]);
  for (const [name, value] of Object.entries(parameters))
    await execa('sh', ['-c', `echo '${value}' >${driver}/module/parameters/${name}`]);
  const script = scriptsOf(rebind, params)[0]!
    .replaceAll('/sys/', `${dir}/sys/`)
    .replaceAll('/proc/', `${dir}/proc/`);
  const watched = script.replace('>bind', '>bind; cat module/parameters/* 2>/dev/null || true');
  const end = await execa('sh', ['-c', watched], { reject: false });
  const file = (name: string) => readFileSync(path.join(driver, name), 'utf8').trim();
  return { ...end, file };
}

t.test('a device is taken from its driver and given back', async (t) => {
  const { stdout, file } = await run(t, device);
  t.equal(stdout, 'rebound p2pmem-ivshmem 0 0 4352 4352 0');
  t.equal(file('unbind'), '0000:05:00.0');
  t.equal(file('bind'), '0000:05:00.0');
});

t.test('module parameters are others meanwhile', async (t) => {
  const params = { ...device, parameters: { ranges: '0+16M,32M+16M', pages_only: 1 } };
  const { stdout, file } = await run(t, params, { ranges: '', pages_only: 'N' });
  t.match(stdout, /^1\n0\+16M,32M\+16M\nrebound /);
  t.equal(file('module/parameters/ranges'), '');
  t.equal(file('module/parameters/pages_only'), 'N');
});

t.test('what was set is put back also when the next one is not there', async (t) => {
  const params = { ...device, parameters: { ranges: '0+2M', colour: 'red' } };
  const { exitCode, stderr, file } = await run(t, params, { ranges: '4M+4M' });
  t.equal(exitCode, 1);
  t.equal(stderr, 'driver p2pmem-ivshmem has no parameter colour');
  t.equal(file('module/parameters/ranges'), '4M+4M');
});

t.test('samples are the times and the memory for struct pages', async (t) => {
  t.strictSame(samplesOf(rebind, device, 'rebound p2pmem-ivshmem 2 13 4096 4352 0\n'), [
    { name: 'driver', value: 'p2pmem-ivshmem' },
    { name: 'unbindMs', value: 20, unit: 'ms' },
    { name: 'bindMs', value: 130, unit: 'ms' },
    { name: 'leftBehind', value: 0 },
    { name: 'memmapBytes', value: 2 ** 20, unit: 'B' },
  ]);
});

t.test('p2pmem that is there without the driver is counted', async (t) => {
  t.match(samplesOf(rebind, device, 'rebound nvme 2 13 none none 5\n').at(-1), {
    name: 'leftBehind',
    value: 5,
  });
});

t.test(
  'uevents are those of the device and what is below it, without those that were asked for',
  async (t) => {
    const output = `rebound nvme 2 13 none none 0
path /devices/pci0000:00/0000:05:00.0
uevent change pci /devices/pci0000:00/0000:05:00.0
uevent remove p2pmem /devices/pci0000:00/0000:05:00.0/p2pmem0
uevent unbind pci /devices/pci0000:00/0000:05:00.0
uevent add p2pmem /devices/pci0000:00/0000:06:00.0/p2pmem1
uevent bind pci /devices/pci0000:00/0000:05:00.0
`;
    const params = { ...device, uevents: true };
    t.match(samplesOf(rebind, params, output).at(-1), {
      name: 'uevents',
      value: 'remove p2pmem, unbind pci, bind pci',
    });
    t.match(samplesOf(rebind, params, 'rebound nvme 2 13 none none 0\npath /x\n').at(-1), { value: 'none' });
  },
);

t.test('the script with uevents is one that a POSIX shell can read', async (t) => {
  const [script] = scriptsOf(rebind, { ...device, uevents: true });
  await t.resolves(execa('sh', ['-n'], { input: script }));
});

t.test('an older kernel does not count memory for struct pages', async (t) => {
  t.equal(samplesOf(rebind, device, 'rebound nvme 2 13 none none 0\n').length, 4);
});

t.test('a script that did not get to its end cannot be read', async (t) => {
  t.throws(
    () => samplesOf(rebind, device, ''),
    new Error('the script did not say that the driver is bound again'),
  );
});
