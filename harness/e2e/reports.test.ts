import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { eventually, p2plab, readRun } from './run-p2plab.test.support.js';

const allocate = (dir: string, ...more: string[]) =>
  p2plab(['run', 'p2pmem-allocate', '--install-packages', '--jobs', '1', '--out', dir, ...more]);

t.test('reports of a run that is killed are of what finished; one that ends leaves its own', async (t) => {
  const root = t.testdir();
  const [killed, whole] = [path.join(root, 'killed'), path.join(root, 'whole')];
  const running = allocate(killed);
  const finished = () => existsSync(path.join(killed, 'run.json')) && readRun(killed).results.length === 1;
  t.ok(await eventually(finished, 1_200_000), 'one of two has finished');
  running.kill('SIGKILL');
  await running;
  t.equal((await p2plab(['report', killed, '--format', 'tap,junit,mail'])).exitCode, 0);
  const read = (dir: string, file: string) => readFileSync(path.join(dir, file), 'utf8');
  t.match(
    read(killed, 'report.tap'),
    /^TAP version 14\n1\.\.2\nok 1 - p2pmem-allocate \[provider=nvme0\]\nBail out! interrupted\n$/,
  );
  t.match(read(killed, 'report.junit.xml'), '<testsuites name="p2plab" tests="1" failures="0" errors="0"');

  t.equal((await allocate(whole, '--set', 'provider=nvme0', '--report', 'junit,markdown')).exitCode, 0);
  t.match(read(whole, 'report.junit.xml'), '<property name="state" value="finished"/>');
  t.match(read(whole, 'report.md'), '## p2plab: 1 pass\n');

  const { stdout, exitCode } = await p2plab(['compare', killed, whole]);
  t.match(stdout, /\nNo result changed\.$/);
  t.equal(exitCode, 0);
  const text = async (dir: string) =>
    (await p2plab(['report', dir, '--format', 'normalised', '--out', '-'])).stdout;
  const [before, after] = [await text(killed), await text(whole)];
  t.equal(
    after.replace('state finished', 'state interrupted'),
    before,
    'two boots of one kernel are the same',
  );
});
