import { execa } from 'execa';
import t from 'tap';
import { fio } from './fio.js';
import { rig, samplesOf, scriptsOf } from './sample.test.support.js';

const params = { disk: 'nvme1', rw: 'write', bs: ['4k', '64k'], size: '8M', memory: 'shm0' };
/** fio 3.33's JSON, cut to a job's sides. */
const side = (io_bytes: number, bw_bytes: number) => {
  return { io_bytes, io_kbytes: io_bytes / 1024, bw_bytes, bw: bw_bytes / 1024, iops: 1.5, runtime: 40 };
};
const job = (jobname: string, write: object, read = side(0, 0)) => {
  return { jobname, groupid: 0, error: 0, 'job options': { bs: '4096' }, read, write, trim: side(0, 0) };
};
const report = (...jobs: object[]) => JSON.stringify({ 'fio version': 'fio-3.33', jobs });

t.test('one job per block size, each on a region of its own', async (t) => {
  t.strictSame(scriptsOf(fio, params), [
    `disk=$(ls -d /sys/bus/pci/devices/0000:04:00.0/nvme/nvme*/nvme*n* 2>/dev/null | head -n 1)
[ -n "$disk" ] || { echo "no namespace behind 0000:04:00.0" >&2; exit 1; }
disk=/dev/\${disk##*/}
[ ! -e /p2plab/lib/short-usleep.so ] || export LD_PRELOAD=/p2plab/lib/short-usleep.so
exec fio --name=global --filename="$disk" --direct=1 --mem=mmapshared:/sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate \\
  --ioengine=psync --iodepth=1 --verify=crc32c --do_verify=0 --verify_fatal=1 \\
  --output-format=json \\
  --name=bs=4k --rw=write --bs=4096 --offset=0 --size=8388608 --stonewall \\
  --name=bs=64k --rw=write --bs=65536 --offset=8388608 --size=8388608 --stonewall`,
  ]);
});

t.test('of a size that is no multiple of the block size as much as whole blocks fill', async (t) => {
  const odd = { ...params, bs: ['12k'], size: '1M' };
  t.match(scriptsOf(fio, odd)[0], '--bs=12288 --offset=0 --size=1044480');
  t.strictSame(fio.blocks?.({ ...odd, bs: [12288], size: 2 ** 20 } as never), [
    { blockBytes: 12288, start: 0, end: 1044480 },
  ]);
});

t.test('memory is RAM unless a provider is named', async (t) => {
  t.match(scriptsOf(fio, { ...params, memory: undefined })[0], ' --mem=malloc ');
});

t.test('samples are the bytes of all jobs and the throughput of each', async (t) => {
  const output = report(job('bs=4k', side(8388608, 12_345_678)), job('bs=64k', side(8388608, 250_000_000)));
  t.strictSame(samplesOf(fio, params, output), [
    { name: 'bytes', value: 16777216, unit: 'B' },
    { name: 'bs=4k.throughput', value: 12.35, unit: 'MB/s', better: 'higher' },
    { name: 'bs=64k.throughput', value: 250, unit: 'MB/s', better: 'higher' },
  ]);
});

t.test('a reading step is measured by what it read', async (t) => {
  const jobs = report(job('bs=4k', side(0, 0), side(4096, 1e6)), job('bs=64k', side(0, 0), side(65536, 2e6)));
  t.match(samplesOf(fio, { ...params, rw: 'randread' }, jobs), [{ name: 'bytes', value: 69632 }]);
});

t.test('notes before the JSON are no harm', async (t) => {
  const jobs = report(job('bs=4k', side(4096, 1e6)), job('bs=64k', side(4096, 1e6)));
  t.match(samplesOf(fio, params, `note: both iodepth >= 1 and synchronous I/O engine\n${jobs}`), [
    { name: 'bytes', value: 8192 },
    {},
    {},
  ]);
});

t.test('a job without figures cannot be read', async (t) => {
  t.throws(
    () => samplesOf(fio, params, report(job('bs=4k', side(4096, 1e6)))),
    new Error("fio's JSON has no write figures of job bs=64k"),
  );
  t.throws(() => samplesOf(fio, params, 'fio: killed'), SyntaxError);
});

t.test('the control run is the same in RAM, and smaller', async (t) => {
  const read = fio.params.parse(params);
  t.match(fio.withoutP2p?.(read), { memory: 'ram', size: 2 ** 20, rw: 'write', bs: [4096, 65536] });
});

t.test('a mixed workload is two jobs at once per block size, each on half a region', async (t) => {
  const mixed = { ...params, rw: 'randrw', bs: ['12k'], size: '1M' };
  t.match(
    scriptsOf(fio, mixed)[0],
    `--name=bs=12k.read --rw=randread --bs=12288 --offset=0 --size=516096 --stonewall \\\n  --name=bs=12k.write --rw=randwrite --bs=12288 --offset=516096 --size=516096`,
  );
  t.notMatch(scriptsOf(fio, mixed)[0], /bs=12k.write .*--stonewall/);
  t.strictSame(fio.blocks?.(fio.params.parse(mixed)), [
    { blockBytes: 12288, start: 0, end: 516096 },
    { blockBytes: 12288, start: 516096, end: 1032192 },
  ]);
  const jobs = report(
    job('bs=12k.read', side(0, 0), side(516096, 1e6)),
    job('bs=12k.write', side(516096, 2e6)),
  );
  t.strictSame(samplesOf(fio, mixed, jobs), [
    { name: 'bytes', value: 1032192, unit: 'B' },
    { name: 'readBytes', value: 516096, unit: 'B' },
    { name: 'writeBytes', value: 516096, unit: 'B' },
    { name: 'bs=12k.read.throughput', value: 1, unit: 'MB/s', better: 'higher' },
    { name: 'bs=12k.write.throughput', value: 2, unit: 'MB/s', better: 'higher' },
  ]);
});

t.test('the control of a mixed workload has at least a block for each side', async (t) => {
  t.match(fio.withoutP2p?.(fio.params.parse({ ...params, rw: 'randrw', bs: '1M' })), { size: 2 ** 21 });
});

t.test('what happens meanwhile is counted, and is no part of the control', async (t) => {
  const reset = { ...params, disk: 'remote0', bs: ['64k'], memory: undefined, meanwhile: 'reset' };
  const [script] = scriptsOf(fio, reset);
  t.match(script, ' --rate=16m ');
  t.match(script, `[ $((sectors - before)) -ge $((quarter * 4096)) ]`);
  t.match(script, 'happen() { echo 1 >/sys/block/${disk##*/}/device/reset_controller; }');
  t.match(
    scriptsOf(fio, { ...reset, meanwhile: 'relink' })[0],
    'ln -s /sys/kernel/config/nvmet/subsystems/nqn.2026-11.org.p2plab:sub "$link"',
  );
  t.match(fio.withoutP2p?.(fio.params.parse(reset)), { meanwhile: 'nothing' });
  const jobs = report(job('bs=64k', side(8388608, 1e6)));
  t.match(samplesOf(fio, reset, `events 3\n${jobs}`), [{}, {}, { name: 'events', value: 3 }]);
  t.throws(
    () => samplesOf(fio, reset, jobs),
    new Error('the script did not say what happened while fio ran'),
  );
});

t.test('every script is one that a POSIX shell can read', async (t) => {
  for (const meanwhile of ['nothing', 'reset', 'relink'])
    await t.resolves(
      execa('sh', ['-n'], { input: scriptsOf(fio, { ...params, disk: 'remote0', meanwhile })[0] }),
    );
});

t.test('its first I/Os alone are repeated, and differ in the number only', async (t) => {
  const parsed = fio.params.parse(params);
  const works = fio.repeated!(parsed as never, rig);
  t.match(works, [
    { name: 'bs=4k', blockBytes: 4096, most: 2048 },
    { name: 'bs=64k', blockBytes: 65_536, most: 128 },
  ]);
  const large = works[1]!.script;
  t.match(large(3), '--name=bs=64k --rw=write --bs=65536 --offset=8388608 --size=196608 || exit');
  t.equal(large(3).replace('--size=196608', '--size=65536'), large(1));
  await t.resolves(execa('sh', ['-n'], { input: large(3) }));
});

t.test('what is no I/O of one kind is not repeated', async (t) => {
  for (const over of [{ rw: 'randrw' }, { meanwhile: 'reset' }])
    t.strictSame(fio.repeated!(fio.params.parse({ ...params, ...over }) as never, rig), []);
});
