import { execa } from 'execa';
import t from 'tap';
import { p2pmemAlloc } from './p2pmem-alloc.js';
import { p2pmemHolders } from './p2pmem-holders.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const shm0 = { provider: 'shm0' };
const folder = '/sys/bus/pci/devices/0000:05:00.0/p2pmem';
const output = (refused: number) =>
  `{"rounds":10,"refused":${refused},"wrongAvailable":1,"badBytes":0}\navailable 33554432 33550336\n`;

t.test('p2pmem-holders reads the pool before and after', async (t) => {
  t.strictSame(scriptsOf(p2pmemHolders, { ...shm0, holders: 2 }), [
    `read -r before <${folder}/available
p2pmem-holders ${folder} 2 10 50 || exit 1
read -r after <${folder}/available
echo "available $before $after"`,
  ]);
});

t.test("the kernel's threads run meanwhile, and their errors are the step's", async (t) => {
  const [script] = scriptsOf(p2pmemHolders, { ...shm0, kernelThreads: 3 });
  t.match(script, /^\(\n.*\n\) & threads=\$!\np2pmem-holders .*\nwait \$threads \|\| exit 1\n/ms);
  t.match(script, 'echo "0000:05:00.0 threads 3 2000"');
});

t.test('p2pmem-holders tells whether there was not enough, and what is missing', async (t) => {
  t.strictSame(samplesOf(p2pmemHolders, shm0, output(0)), [
    { name: 'rounds', value: 10 },
    { name: 'refused', value: 0 },
    { name: 'wrongAvailable', value: 1 },
    { name: 'badBytes', value: 0 },
    { name: 'exhausted', value: 'no' },
    { name: 'pagesMissing', value: 1 },
  ]);
  t.match(samplesOf(p2pmemHolders, shm0, output(3))[4], { name: 'exhausted', value: 'yes' });
});

t.test("what the kernel's threads hold is not known", async (t) => {
  const names = samplesOf(p2pmemHolders, { ...shm0, kernelThreads: 1 }, output(0)).map(({ name }) => name);
  t.strictSame(names, ['rounds', 'refused', 'badBytes', 'exhausted', 'pagesMissing']);
});

t.test('p2pmem-alloc leaves so many pages to the kernel', async (t) => {
  const [script] = scriptsOf(p2pmemAlloc, { ...shm0, work: 'exhaust', leave: 3 });
  t.match(
    script,
    `p2pmem-map hold ${folder}/allocate $((before - 12288)) <"$dir/in" >"$dir/out" & holder=$!\n`,
  );
  t.match(script, /\nheld=; read -r held.*exit 1; }\n.*\nexec 4>&-; wait \$holder\nread -r after /s);
});

t.test('every script is one that a POSIX shell can read', async (t) => {
  for (const script of [
    ...scriptsOf(p2pmemHolders, { ...shm0, kernelThreads: 3 }),
    ...scriptsOf(p2pmemAlloc, { ...shm0, work: 'exhaust', leave: 0 }),
  ])
    await t.resolves(execa('sh', ['-n'], { input: script }));
});
