import t from 'tap';
import { p2pmemCopy } from './p2pmem-copy.js';
import { patternCheck } from './pattern-check.js';
import { patternFill } from './pattern-fill.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const copy = { from: 'nvme1', to: 'remote0', memory: ['shm0', 'ram'], sizes: ['512', '64k'], segments: '4k' };
const problemsOf = (params: unknown) => {
  const { error } = p2pmemCopy.params.safeParse(params);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

t.test('a copy names both disks with what they must hold, and the memory of each segment', async (t) => {
  const [script] = scriptsOf(p2pmemCopy, { ...copy, offsets: [0, 4092], engine: 'io_uring', depth: 32 });
  t.match(
    script,
    'disk=$(ls -d /sys/bus/pci/devices/0000:04:00.0/nvme/nvme*/nvme*n* 2>/dev/null | head -n 1)',
  );
  t.match(script, 'from=$disk\ndisk=\nfor controller in /sys/class/nvme/nvme*; do');
  t.equal(
    script!.slice(script!.indexOf('exec')),
    `exec p2pmem-copy from=/run/p2plab-patterns/nvme1,"$from" to=/run/p2plab-patterns/remote0,"$disk" \\
  memory=/sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate \\
  memory=ram \\
  sizes=512,65536 offsets=0,4092 \\
  segments=4096 \\
  repeat=1 engine=io_uring depth=32 at=0 toAt=0`,
  );
});

t.test('what is not the rule is said', async (t) => {
  const [script] = scriptsOf(p2pmemCopy, { ...copy, packed: true, beside: true, whole: true, mayFail: true });
  t.match(script, ' packed=1 \\\n  beside=1 \\\n  whole=1 \\\n  errors=1');
});

t.test('psync has no queue, and ends of memory have room for one', async (t) => {
  t.strictSame(problemsOf({ ...copy, depth: 2 }), [
    'depth: 1, since psync waits for each I/O (or the engine libaio or io_uring)',
  ]);
  t.strictSame(problemsOf({ ...copy, depth: 2, engine: 'libaio', whole: true }), [
    "depth: 1, since whole has room for one I/O at each of the memory's ends",
  ]);
});

t.test('buffers begin at words, and all else is blocks', async (t) => {
  t.strictSame(problemsOf({ ...copy, offsets: 2, sizes: 513, segments: 100, at: 4 }), [
    'sizes.0: a size like 64M from 512 to 16M, a multiple of 512',
    'offsets.0: a size like 64M from 0 to 4092, a multiple of 4',
    'segments.0: a size like 64M of at least 512, a multiple of 512',
    'at: a size like 64M, a multiple of 512',
  ]);
});

t.test('the control is a little of it, in RAM', async (t) => {
  const read = p2pmemCopy.params.parse({ ...copy, sizes: ['1k', '2k', '4k'], repeat: 8, whole: true });
  t.match(p2pmemCopy.withoutP2p?.(read), {
    ...{ memory: ['ram'], sizes: [1024, 2048], offsets: [0], segments: [4096] },
    ...{ repeat: 1, whole: false, again: true },
  });
});

t.test('samples of a copy', async (t) => {
  const stdout = `{"bytes":66048,"ios":2,"failed":1,"error":"EREMOTEIO","badBytes":0,"badGuards":4,"firstBad":"memory 0","overtaken":1}\n`;
  t.strictSame(samplesOf(p2pmemCopy, copy, stdout), [
    { name: 'bytes', value: 66048, unit: 'B' },
    { name: 'ios', value: 2 },
    { name: 'failed', value: 1 },
    { name: 'error', value: 'EREMOTEIO' },
    { name: 'badBytes', value: 0 },
    { name: 'badGuards', value: 4 },
    { name: 'firstBad', value: 'memory 0' },
    { name: 'overtaken', value: 1 },
  ]);
  t.match(samplesOf(p2pmemCopy, copy, stdout.replace('EREMOTEIO', '').replace('memory 0', ''))[3], {
    value: 'none',
  });
  t.throws(() => samplesOf(p2pmemCopy, copy, ''), SyntaxError);
});

t.test('each disk is filled, and as much as was asked for', async (t) => {
  const params = { disks: ['nvme1', 'remote0'], size: '1M' };
  const scripts = scriptsOf(patternFill, params);
  t.match(scripts[0], /\nexec drive-pattern fill \/run\/p2plab-patterns\/nvme1 "\$disk" 1048576$/);
  t.match(scripts[1], /\nexec drive-pattern fill \/run\/p2plab-patterns\/remote0 "\$disk" 1048576$/);
  t.strictSame(samplesOf(patternFill, params, '{"bytes":1048576,"fill":9}'), [
    { name: 'bytes', value: 1048576, unit: 'B' },
  ]);
  t.throws(
    () => samplesOf(patternFill, params, '{"bytes":512,"fill":9}'),
    new Error('a disk was not filled with 1048576 B'),
  );
});

t.test('a check tells of which disk the first bad block is', async (t) => {
  const outputs = [
    '{"bytes":4096,"badOnDisk":0,"firstBad":""}',
    '{"bytes":4096,"badOnDisk":9,"firstBad":"LBA 3"}',
  ];
  const samples = patternCheck.samples(
    patternCheck.params.parse({ disks: ['nvme1', 'nvme2'] }),
    outputs.map((stdout) => ({ label: 'x', exitCode: 0, stdout, stderr: '' })),
  );
  t.strictSame(samples, [
    { name: 'bytes', value: 4096, unit: 'B' },
    { name: 'badOnDisk', value: 9 },
    { name: 'firstBad', value: 'nvme2 LBA 3' },
  ]);
  t.match(scriptsOf(patternCheck, { disks: 'nvme1' }), [
    /exec drive-pattern check \/run\/p2plab-patterns\/nvme1 "\$disk"$/,
  ]);
});
