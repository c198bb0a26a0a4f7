import t from 'tap';
import { p2pmemPages } from './p2pmem-pages.js';
import { p2pmemSizes } from './p2pmem-sizes.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const shm0 = { provider: 'shm0' };
const folder = '/sys/bus/pci/devices/0000:05:00.0/p2pmem';

t.test('p2pmem-sizes has a distance between sizes', async (t) => {
  t.strictSame(scriptsOf(p2pmemSizes, shm0), [`p2pmem-sweep sizes ${folder} 64`]);
  t.strictSame(scriptsOf(p2pmemSizes, { ...shm0, every: 1 }), [`p2pmem-sweep sizes ${folder} 1`]);
});

t.test('p2pmem-pages looks at every page', async (t) => {
  t.strictSame(scriptsOf(p2pmemPages, shm0), [`p2pmem-sweep pages ${folder}`]);
});

t.test('figures are recorded as they are', async (t) => {
  const figures = [
    { name: 'sizes', value: 204 },
    { name: 'badBytes', value: 8 },
  ];
  const output = '{"sizes":204,"badBytes":8}\n';
  t.strictSame(samplesOf(p2pmemSizes, shm0, output), figures);
  t.strictSame(samplesOf(p2pmemPages, shm0, output), figures);
  t.throws(() => samplesOf(p2pmemPages, shm0, ''), SyntaxError);
});
