import t from 'tap';
import { p2pmemRules } from './p2pmem-rules.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const shm0 = { provider: 'shm0' };
const folder = '/sys/bus/pci/devices/0000:05:00.0/p2pmem';

t.test('p2pmem-rules runs the program of the rules', async (t) => {
  t.strictSame(scriptsOf(p2pmemRules, { ...shm0, rules: 'memory' }), [`p2pmem-rules-memory ${folder}`]);
});

t.test("the disk of direct is the guest's own, or one of the scenario", async (t) => {
  const scripts = (disk: string) => scriptsOf(p2pmemRules, { ...shm0, rules: 'direct', disk });
  t.strictSame(scripts('root'), [`disk=/dev/vda\np2pmem-rules-direct ${folder} "$disk"`]);
  t.match(scripts('remote0')[0], /subsysnqn.*\np2pmem-rules-direct .* "\$disk"$/s);
  t.strictSame(p2pmemRules.references!({ ...shm0, rules: 'direct', disk: 'root' } as never), [
    { path: ['provider'], id: 'shm0', want: ['provider'] },
  ]);
  t.match(p2pmemRules.references!({ ...shm0, rules: 'direct', disk: 'remote0' } as never)[1], {
    path: ['disk'],
    id: 'remote0',
    want: ['nvme', 'connected'],
  });
});

t.test('rules of I/O have a disk, and no others have', async (t) => {
  t.throws(
    () => scriptsOf(p2pmemRules, { ...shm0, rules: 'direct' }),
    /a disk for the rules of direct, in-flight and passthrough, and for no others/,
  );
  t.throws(() => scriptsOf(p2pmemRules, { ...shm0, rules: 'map', disk: 'root' }), /and for no others/);
});

t.test('the words of each rule are recorded', async (t) => {
  const output = 'rule private EINVAL\nrule munmap-first ok 7 ok 0\nrule dontneed hangs short 4\n';
  t.strictSame(samplesOf(p2pmemRules, { ...shm0, rules: 'memory' }, output), [
    { name: 'private', value: 'EINVAL' },
    { name: 'munmap-first', value: 'ok 7 ok 0' },
    { name: 'dontneed', value: 'hangs short 4' },
  ]);
  t.throws(() => samplesOf(p2pmemRules, { ...shm0, rules: 'map' }, ''), new Error('no rule was tried'));
});
