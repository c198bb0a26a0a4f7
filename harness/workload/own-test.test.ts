import t from 'tap';
import { ownTest } from './own-test.js';
import { rig, scriptsOf } from './sample.test.support.js';

const samples = (reads: string, stdout: string, exitCode = 0) => {
  const params = ownTest.params.parse({ files: 'mine', run: 'x', reads }) as never;
  const stderr = `noise\np2plab: exit ${exitCode}\n`;
  const all = ownTest.samples(params, [{ label: 'test', exitCode: 0, stdout, stderr }]);
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
};

t.test('it runs where its files are, with names for the devices, and its exit code is told', async (t) => {
  t.same(scriptsOf(ownTest, { files: 'tests/probe.c', run: './probe $SHM0_BDF\n' }), [
    `export NVME1_BDF=0000:04:00.0
for d in /sys/bus/pci/devices/0000:04:00.0/nvme/nvme*/nvme*n*; do export NVME1_DISK=/dev/\${d##*/}; done
export SHM0_BDF=0000:05:00.0
export SHM0_P2PMEM=/sys/bus/pci/devices/0000:05:00.0/p2pmem
export PROVIDERS='0000:05:00.0'
cd /run/p2plab-own/'probe'
(
./probe $SHM0_BDF
)
echo "p2plab: exit $?" >&2`,
  ]);
});

t.test('its files are those that it names', async (t) => {
  const params = ownTest.params.parse({ files: 'tests', run: 'x' }) as never;
  t.same(ownTest.files?.(params), ['tests']);
  t.equal(rig.devices().length, 2);
});

t.test('exit 0 is a pass, 1 a failed test', async (t) => {
  t.same(samples('exit', '', 0), { exitCode: 0, failedTests: 0, failedNames: 'none' });
  t.same(samples('exit', '', 1), { exitCode: 1, failedTests: 1, failedNames: 'exit 1' });
});

t.test('exit 4 is a skip, as of a kselftest', async (t) => {
  t.match(samples('exit', '', 4), { failedTests: 0, skip: 'it ended with exit code 4' });
});

t.test('TAP of kselftests', async (t) => {
  const tap = 'TAP version 13\n1..3\nok 1 maps\nnot ok 2 unmaps\nok 3 forks # SKIP no fork\n';
  t.same(samples('tap', tap, 1), {
    exitCode: 1,
    passed: 1,
    skipped: 1,
    failedTests: 1,
    failedNames: 'unmaps',
    missingTests: 0,
  });
});

t.test('a program that crashes between tests: what it planned is missing, and its exit counts', async (t) => {
  t.match(samples('ktap', 'KTAP version 1\n1..3\nok 1 maps\n', 139), {
    failedTests: 1,
    failedNames: 'exit 139',
    missingTests: 2,
  });
});

t.test('a plan of nothing is a skip with its reason', async (t) => {
  t.match(samples('ktap', 'KTAP version 1\n1..0 # SKIP no memory\n', 4), { skip: 'no memory', passed: 0 });
});

t.test('tests that are all skipped have shown nothing', async (t) => {
  t.match(samples('tap', 'TAP version 14\n1..1\nok 1 maps # SKIP\n'), {
    skip: 'each of its tests is skipped',
  });
});

t.test('output that is no TAP cannot be read', async (t) => {
  t.throws(() => samples('ktap', 'hello\n'), { message: 'there is no KTAP in it' });
});
