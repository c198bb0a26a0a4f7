import { execa } from 'execa';
import t from 'tap';
import { deviceRefs } from './device-refs.js';
import { p2pmemAlloc } from './p2pmem-alloc.js';
import { p2pmemCost } from './p2pmem-cost.js';
import { p2pmemSgl } from './p2pmem-sgl.js';
import { p2pmemTime } from './p2pmem-time.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';
import type { AnyStepKind } from './step-kind.js';

const shm0 = { provider: 'shm0' };
const questionOf = (kind: AnyStepKind, params: unknown) =>
  /^why=\$\(echo "(.*)" 2>&1 >&3/m.exec(scriptsOf(kind, params)[0]!)?.[1];

t.test('p2pmem-alloc asks for its work, and reads the pool before and after', async (t) => {
  t.strictSame(scriptsOf(p2pmemAlloc, { ...shm0, work: 'exhaust' }), [
    `target=0000:05:00.0
read -r before </sys/bus/pci/devices/0000:05:00.0/p2pmem/available
[ -e /sys/kernel/debug/p2pmem-test/alloc ] || { echo "this kernel's p2pmem-test has no question alloc" >&2; exit 1; }
exec 3<>/sys/kernel/debug/p2pmem-test/alloc
why=$(echo "$target exhaust" 2>&1 >&3) || { echo "p2pmem-test refused alloc $target exhaust: \${why##*: }" >&2; exit 1; }
read -r answer <&3
exec 3>&-
echo "answer $answer"
case $answer in bad*) echo "p2pmem-test found an error of alloc $target exhaust: \${answer#bad }" >&2; exit 1 ;; esac
read -r after </sys/bus/pci/devices/0000:05:00.0/p2pmem/available
echo "available $before $after"`,
  ]);
});

t.test('the threads of p2pmem-alloc have a number and a time', async (t) => {
  t.equal(questionOf(p2pmemAlloc, { ...shm0, work: 'threads' }), '$target threads 4 1000');
  const many = { ...shm0, work: 'threads', threads: 16, forMs: 250 };
  t.equal(questionOf(p2pmemAlloc, many), '$target threads 16 250');
});

t.test('p2pmem-alloc records the figures of the answer', async (t) => {
  const output = 'answer ok allocations 8 bytes 33423360 again 33419264\navailable 33423360 33415168\n';
  t.strictSame(samplesOf(p2pmemAlloc, { ...shm0, work: 'exhaust' }, output), [
    { name: 'allocations', value: 8 },
    { name: 'bytes', value: 33423360, unit: 'B' },
    { name: 'again', value: 33419264, unit: 'B' },
    { name: 'pagesMissing', value: 2 },
  ]);
});

t.test('a p2pmem device is the one of that number below its function', async (t) => {
  const [script] = scriptsOf(p2pmemTime, { ...shm0, device: 1 });
  t.match(
    script,
    `target=$(ls /sys/bus/pci/devices/0000:05:00.0 | sed -n 's/^p2pmem\\([0-9]\\+\\)$/\\1/p' | sort -n | sed -n 2p)\n`,
  );
  t.match(script, '{ echo "0000:05:00.0 has no p2pmem device number 1" >&2; exit 1; }\n');
});

t.test('p2pmem-sgl tells entries and bytes', async (t) => {
  const params = { ...shm0, length: '64k' };
  t.equal(questionOf(p2pmemSgl, params), '$target 65536');
  t.strictSame(samplesOf(p2pmemSgl, params, 'answer ok nents 1 bytes 65536\n'), [
    { name: 'nents', value: 1 },
    { name: 'bytes', value: 65536, unit: 'B' },
  ]);
});

t.test('no memory for a scatterlist is no entries', async (t) => {
  const samples = samplesOf(p2pmemSgl, { ...shm0, length: '1G' }, 'answer none\n');
  t.match(samples, [{ name: 'nents', value: 0 }, { value: 0 }]);
});

t.test('p2pmem-cost tells ranges, pages and bytes', async (t) => {
  t.equal(questionOf(p2pmemCost, shm0), '0000:05:00.0');
  t.strictSame(samplesOf(p2pmemCost, shm0, 'answer ranges 2 pages 8192 bytes 524288\n'), [
    { name: 'ranges', value: 2 },
    { name: 'pages', value: 8192 },
    { name: 'structPageBytes', value: 524288, unit: 'B' },
  ]);
});

t.test('p2pmem-time is a metric', async (t) => {
  t.equal(questionOf(p2pmemTime, shm0), '$target 1000');
  t.strictSame(samplesOf(p2pmemTime, shm0, 'answer ns 812\n'), [
    { name: 'nsPerPair', value: 812, unit: 'ns', better: 'lower' },
  ]);
});

t.test('device-refs tells the references to a device', async (t) => {
  t.equal(questionOf(deviceRefs, { device: 'nvme1' }), '0000:04:00.0');
  t.strictSame(samplesOf(deviceRefs, { device: 'nvme1' }, 'answer device 9\n'), [
    { name: 'references', value: 9 },
  ]);
});

t.test('an answer that is none cannot be read', async (t) => {
  t.throws(() => samplesOf(p2pmemTime, shm0, ''), new Error('the test module gave no answer'));
  t.throws(
    () => samplesOf(p2pmemTime, shm0, 'answer ns\n'),
    new Error('the test module gave no figure for ns'),
  );
});

t.test('every script is one that a POSIX shell can read', async (t) => {
  const scripts = [
    ...scriptsOf(p2pmemSgl, { ...shm0, length: 1, device: 0 }),
    ...scriptsOf(p2pmemAlloc, { ...shm0, work: 'threads', device: 1 }),
  ];
  for (const script of scripts) await t.resolves(execa('sh', ['-n'], { input: script }));
});
