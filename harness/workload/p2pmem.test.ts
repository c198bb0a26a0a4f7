import t from 'tap';
import { p2pmemExhaust } from './p2pmem-exhaust.js';
import { p2pmemMap } from './p2pmem-map.js';
import { p2pmemState } from './p2pmem-state.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const pool = 32 * 2 ** 20;
const json = (object: object) => JSON.stringify(object) + '\n';

t.test('p2pmem-map maps whole pages of the provider', async (t) => {
  t.strictSame(scriptsOf(p2pmemMap, { provider: 'shm0', pages: 37 }), [
    'p2pmem-map map /sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate 151552',
  ]);
});

t.test('p2pmem-map counts pages taken and missing', async (t) => {
  const output = json({
    bytes: 151552,
    error: '',
    availableBefore: pool,
    availableDuring: pool - 151552,
    availableAfter: pool - 4096,
    badBytes: 3,
  });
  t.strictSame(samplesOf(p2pmemMap, { provider: 'shm0', pages: 37 }, output), [
    { name: 'error', value: 'none' },
    { name: 'pagesMissing', value: 1 },
    { name: 'badBytes', value: 3 },
    { name: 'pagesTaken', value: 37 },
  ]);
});

t.test('p2pmem-exhaust takes chunks of a size', async (t) => {
  t.strictSame(scriptsOf(p2pmemExhaust, { provider: 'shm0' }), [
    'p2pmem-map exhaust /sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate 1048576',
  ]);
});

t.test('p2pmem-exhaust tells how it ended', async (t) => {
  const output = json({
    mappedBytes: pool - 8192,
    error: 'ENOMEM',
    availableBefore: pool,
    availableAtEnd: 8192,
    availableAfter: pool,
    badBytes: 0,
  });
  t.strictSame(samplesOf(p2pmemExhaust, { provider: 'shm0' }, output), [
    { name: 'error', value: 'ENOMEM' },
    { name: 'pagesMissing', value: 0 },
    { name: 'badBytes', value: 0 },
    { name: 'mapped', value: pool - 8192, unit: 'B' },
    { name: 'leftAtEnd', value: 8192, unit: 'B' },
  ]);
});

t.test('p2pmem-state reads sysfs', async (t) => {
  const params = { provider: 'shm0' };
  t.strictSame(scriptsOf(p2pmemState, params), [
    'cd /sys/bus/pci/devices/0000:05:00.0/p2pmem && cat size available published',
  ]);
  t.strictSame(samplesOf(p2pmemState, params, '33554432\n33550336\n1\n'), [
    { name: 'size', value: 33554432, unit: 'B' },
    { name: 'available', value: 33550336, unit: 'B' },
    { name: 'published', value: 1 },
  ]);
});

t.test('output that is none cannot be read', async (t) => {
  t.throws(() => samplesOf(p2pmemMap, { provider: 'shm0', pages: 1 }, ''), SyntaxError);
  t.throws(() => samplesOf(p2pmemExhaust, { provider: 'shm0' }, 'p2pmem-map: mmap'), SyntaxError);
  for (const output of ['', '33554432\n', '33554432\n1\nyes\n'])
    t.throws(
      () => samplesOf(p2pmemState, { provider: 'shm0' }, output),
      new Error('sysfs did not show size, available and published'),
    );
});
