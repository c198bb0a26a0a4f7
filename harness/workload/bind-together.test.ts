import { execa } from 'execa';
import { mkdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import { bindTogether } from './bind-together.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const params = { devices: ['nvme1', 'shm0'], rounds: 2 };

const pool = (available: number) => ({ size: '8192\n', available: `${available}\n`, published: '1\n' });

/** Runs the script with files of its own for sysfs; `hook` is what writing to `unbind` or `bind` does. */
async function run(t: Test, hook: string) {
  const driver = t.fixture('symlink', '../../drivers/p2p');
  const dir = t.testdir({
    devices: {
      '0000:04:00.0': { driver, p2pmem: pool(4096) },
      '0000:05:00.0': { driver, p2pmem: pool(8192) },
    },
    drivers: { p2p: {} },
  });
  mkdirSync(`${dir}/drivers/p2p`, { recursive: true });
  const script = scriptsOf(bindTogether, params)[0]!
    .replaceAll('/sys/bus/pci/devices', `${dir}/devices`)
    .replace('(cd -P $bdf/driver && pwd)', `(echo ${dir}/drivers/p2p)`)
    .replace('echo $bdf >$driver/$1', `verb=$1; ${hook}`)
    .replace('-lt 50', '-lt 1');
  const { stdout } = await execa('sh', ['-c', script]);
  return samplesOf(bindTogether, params, `${stdout}\n`).map(({ name, value }) => `${name} ${value}`);
}

const moved = 'case $verb in unbind) mv $bdf/p2pmem $bdf/gone ;; *) mv $bdf/gone $bdf/p2pmem ;; esac';

t.test('pools that go and come back are as before', async (t) => {
  t.strictSame(await run(t, moved), ['rounds 2', 'refused 0', 'left 0', 'changed 0']);
});

t.test('a pool that outlives its driver is counted in each round', async (t) => {
  t.strictSame(await run(t, 'true'), ['rounds 2', 'refused 0', 'left 4', 'changed 0']);
});

t.test('a driver that refuses, and a pool that is another afterwards', async (t) => {
  t.match(await run(t, `${moved}; [ $verb = unbind ] || [ $bdf != 0000:05:00.0 ]`), [
    'rounds 2',
    'refused 2',
  ]);
  const short = `${moved}; [ $verb = unbind ] || echo 0 >$bdf/p2pmem/available`;
  t.strictSame(await run(t, short), ['rounds 2', 'refused 0', 'left 0', 'changed 4']);
});

t.test('one device is not several', async (t) => {
  t.match(bindTogether.params.safeParse({ devices: 'shm0' }).error?.issues, [
    { message: 'at least two devices' },
  ]);
});
