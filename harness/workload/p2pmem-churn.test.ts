import t from 'tap';
import { p2pmemChurn } from './p2pmem-churn.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

t.test('what is available is read before and after', async (t) => {
  t.same(scriptsOf(p2pmemChurn, { provider: 'shm0' }), [
    `read -r before </sys/bus/pci/devices/0000:05:00.0/p2pmem/available
p2pmem-map churn /sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate 20000 60 || exit
read -r after </sys/bus/pci/devices/0000:05:00.0/p2pmem/available
echo "missing $(((before - after) / 4096))"`,
  ]);
});

t.test('mappings that failed, and pages that did not come back', async (t) => {
  t.same(samplesOf(p2pmemChurn, { provider: 'shm0' }, '{"mappings":40000,"errors":3}\nmissing 1\n'), [
    { name: 'mappings', value: 40000 },
    { name: 'errors', value: 3 },
    { name: 'pagesMissing', value: 1 },
  ]);
});

t.test('other output cannot be read', async (t) => {
  t.throws(() => samplesOf(p2pmemChurn, { provider: 'shm0' }, 'missing 1\n'), {
    message: 'p2pmem-map churn did not say how often it failed',
  });
});
