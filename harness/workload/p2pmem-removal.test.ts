import t from 'tap';
import { p2pmemRemoval } from './p2pmem-removal.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

t.test('the file is allocate, or the character device below the PCI device', async (t) => {
  t.match(
    scriptsOf(p2pmemRemoval, { provider: 'shm0' })[0],
    '\nfile=/sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate\n',
  );
  t.match(
    scriptsOf(p2pmemRemoval, { provider: 'shm0', via: 'device' })[0],
    '\nfile=/dev/$(cd $device && echo p2pmem[0-9]*)\n',
  );
});

t.test('data moves meanwhile only if there is a drive', async (t) => {
  t.notMatch(scriptsOf(p2pmemRemoval, { provider: 'shm0' })[0], 'fio ');
  t.match(scriptsOf(p2pmemRemoval, { provider: 'shm0', disk: 'nvme1' })[0], '--rw=randwrite');
});

t.test('what the holder and the clock say are the samples', async (t) => {
  const output = 'held\n{"revoked":1,"again":"ENODEV"}\nremoval 10.05 10.17 gone exit 135\n';
  t.strictSame(samplesOf(p2pmemRemoval, { provider: 'shm0' }, output), [
    { name: 'revoked', value: 1 },
    { name: 'again', value: 'ENODEV' },
    { name: 'unbindMs', value: 120, unit: 'ms' },
    { name: 'pool', value: 'gone' },
    { name: 'ioEnded', value: 'exit 135' },
  ]);
});
