import { execa } from 'execa';
import t from 'tap';
import { errnoOf } from './errno.js';
import { nvmetNamespace } from './nvmet-namespace.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const params = {
  subsystem: 'sub',
  times: 2,
  write: [
    { attribute: 'p2pmem', device: 'shm0' },
    { attribute: 'p2pmem', value: "it's", as: 'word' },
    { attribute: 'enable', value: '1' },
  ],
};

t.test('attributes are written in order, as often as wanted, with the BDF of a device', async (t) => {
  const [script] = scriptsOf(nvmetNamespace, params);
  t.match(script, 'echo "id 0000:05:00.0 shm0"\n');
  t.match(script, 'cd /sys/kernel/config/nvmet/subsystems/nqn.2026-11.org.p2plab:sub/namespaces/1 ||');
  t.match(
    script,
    `while [ $round -lt 2 ]; do
  round=$((round + 1))
  write 0 p2pmem '0000:05:00.0'
  write 1 p2pmem 'it'\\''s'
  write 2 enable '1'
done`,
  );
});

t.test('the script tells what came of each write, and goes on', async (t) => {
  const folder = t.testdir({ enable: '1\n' });
  const [script = ''] = scriptsOf(nvmetNamespace, params);
  const here = script
    .replace(/^cd .*$/m, `cd ${folder}`)
    .replace('/run/p2plab-write-error', `${folder}/error`)
    .replaceAll('p2pmem', 'no-folder/p2pmem');
  const { stdout } = await execa('sh', ['-c', here]);
  t.strictSame(stdout.split('\n').slice(1, 4), [
    'wrote 0|Directory nonexistent|',
    'wrote 1|Directory nonexistent|',
    'wrote 2|written|1',
  ]);
});

t.test('a sample says whether it was written and what it reads back, by id', async (t) => {
  const round =
    'wrote 0|written|0000:05:00.0\nwrote 1|No such device|0000:05:00.0\nwrote 2|Invalid argument|0\n';
  t.strictSame(samplesOf(nvmetNamespace, params, `id 0000:05:00.0 shm0\n${round}${round}`), [
    { name: 'p2pmem', value: 'written, reads shm0' },
    { name: 'word', value: 'ENODEV, reads shm0' },
    { name: 'enable', value: 'EINVAL, reads 0' },
  ]);
});

t.test('rounds that differ are all told', async (t) => {
  const enable = { subsystem: 'sub', write: [{ attribute: 'enable', value: '1' }] };
  t.strictSame(samplesOf(nvmetNamespace, enable, 'wrote 0|written|1\nwrote 0|Invalid argument|0\n'), [
    { name: 'enable', value: 'written, reads 1 | EINVAL, reads 0' },
  ]);
  t.throws(
    () => samplesOf(nvmetNamespace, enable, ''),
    new Error('the script did not say what became of enable'),
  );
});

t.test('in the control run peer memory is off, and what is repeated is left out', async (t) => {
  t.equal(nvmetNamespace.withoutP2p?.(nvmetNamespace.params.parse(params)), undefined);
  const once = nvmetNamespace.params.parse({ ...params, times: 1 });
  t.match(nvmetNamespace.withoutP2p?.(once), {
    write: [
      { attribute: 'p2pmem', value: '0', device: undefined },
      { attribute: 'p2pmem', value: '0' },
      { attribute: 'enable', value: '1' },
    ],
  });
});

t.test('one of value, device and disk is written', async (t) => {
  const both = { ...params, write: [{ attribute: 'p2pmem', value: '1', device: 'shm0' }] };
  t.match(nvmetNamespace.params.safeParse(both).error?.issues, [
    { message: 'one of value, device and disk' },
  ]);
});

t.test('an error that is not known is told as it is', async (t) => {
  t.equal(errnoOf('Device or resource busy'), 'EBUSY');
  t.equal(errnoOf('Owner died'), 'Owner died');
});
