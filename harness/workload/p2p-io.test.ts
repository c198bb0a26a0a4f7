import t from 'tap';
import { p2pIo } from './p2p-io.js';
import { rig, scriptsOf } from './sample.test.support.js';

const params = { paths: { nvme1: ['ram', 'shm0'] } };
const parsed = p2pIo.params.parse(params);
/** fio 3.33's JSON, cut to what tells how a job ended; before it fio prints notes. */
const report = (errors: Record<string, number>) => {
  const jobs = Object.entries(errors).map(([jobname, error]) => ({ jobname, groupid: 0, error }));
  return `fio: pid=204, err=121/file:io_u.c:1876, func=io_u error\n${JSON.stringify({ jobs })}`;
};
const output = (label: string, errors: Record<string, number>) => {
  return { label, exitCode: 0, stdout: report(errors), stderr: '' };
};
const samples = (write: Record<string, number>, read: Record<string, number>) =>
  p2pIo
    .samples(parsed, [output('write', write), output('read', read)])
    .map(({ name, value }) => `${name} = ${value}`);

t.test('all writes, then all reads, each path on a region of its own', async (t) => {
  const [write, read] = scriptsOf(p2pIo, params);
  t.match(
    write,
    `disk0=$disk
fio --name=global --direct=1 --ioengine=psync --rw=write --bs=65536 --size=262144 \\
  --verify=crc32c --do_verify=0 --verify_fatal=1 --output-format=json \\
  --name=nvme1.ram --filename="$disk0" --mem=malloc --offset=0 \\
  --name=nvme1.shm0 --filename="$disk0" --mem=mmapshared:/sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate --offset=262144 || [ $? -lt 126 ]`,
  );
  t.equal(read, write?.replace('--rw=write', '--rw=read'));
});

t.test('what works in both directions, what is refused in both, and all else', async (t) => {
  t.strictSame(samples({ 'nvme1.ram': 0, 'nvme1.shm0': 121 }, { 'nvme1.ram': 0, 'nvme1.shm0': 121 }), [
    'nvme1.works = ram',
    'nvme1.EREMOTEIO = shm0',
    'nvme1.otherwise = none',
  ]);
  t.strictSame(samples({ 'nvme1.ram': 0, 'nvme1.shm0': 0 }, { 'nvme1.ram': 5, 'nvme1.shm0': 121 }), [
    'nvme1.works = none',
    'nvme1.EREMOTEIO = none',
    'nvme1.otherwise = ram write none, ram read EIO, shm0 write none, shm0 read EREMOTEIO',
  ]);
});

t.test('a job that fio does not report is no result', async (t) => {
  t.throws(() => samples({ 'nvme1.ram': 0 }, {}), new Error("fio's JSON has no job nvme1.ram"));
});

t.test('the control goes through RAM alone', async (t) => {
  const control = p2pIo.withoutP2p!(parsed);
  const [command] = p2pIo.commands(control!, rig);
  t.notMatch(command && 'script' in command ? command.script : 'p2pmem', /p2pmem/);
});

t.test('every drive and every provider is looked up', async (t) => {
  t.strictSame(
    p2pIo.references?.(parsed).map(({ path, id }) => `${path.join('.')} ${id}`),
    ['paths.nvme1 nvme1', 'paths.nvme1.1 shm0'],
  );
});
