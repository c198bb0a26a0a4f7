import path from 'node:path';
import t, { type Test } from 'tap';
import { readSeriesFile, type SeriesDocument } from '../../series/series-document.js';
import { p2plab, qemusOf, testSeries } from '../run-p2plab.test.support.js';

// Real kernels and VMs, a kernel for each prefix. What the tests remember of each other is in a folder of theirs.

const dir = t.testdir({ state: {} });
const env = { XDG_STATE_HOME: path.join(dir, 'state') };
const scenario = 'p2pmem-kernel-sizes [provider=shm0]';

async function grid(t: Test, name: string, wantExit: number, ...more: string[]): Promise<SeriesDocument> {
  const out = path.join(dir, name);
  const which = ['--scenario', 'p2pmem-kernel-sizes', '--set', 'provider=shm0', '--no-controls'];
  const args = ['series', testSeries(name), '--kernel', 'p2pmem-6.12', ...which, '--out', out, ...more];
  const { exitCode, stdout, stderr } = await p2plab(args, { env });
  t.equal(exitCode, wantExit, `${String(stdout)}\n${String(stderr)}`);
  t.comment(String(stdout));
  t.strictSame(qemusOf(out), []);
  return (await readSeriesFile(out))!;
}

const row = ({ rows }: SeriesDocument, wanted: string) => rows.find(({ name }) => name === wanted)!.cells;
const outcomes = (series: SeriesDocument, wanted: string) =>
  row(series, wanted).map(({ outcome }) => outcome);

t.test('frees that are not whole pages: patch 3 breaks them, patch 5 repairs them', async (t) => {
  const series = await grid(t, 'frees', 1, '--coverage');
  t.same(outcomes(series, scenario), ['pass', 'pass', 'pass', 'fail', 'fail', 'pass']);
  t.same(outcomes(series, 'builds'), Array(6).fill('pass'));
  const [, comment, , broken] = row(series, scenario);
  t.match(comment, { sameAs: 'base' }, 'patch 1 changes a comment');
  t.match(broken, { tries: { failed: 3, of: 3, broken: 0 } });
  const ran = row(series, 'coverage').map(({ figure, outcome }) => figure ?? outcome);
  t.same(ran, ['not-run', 'not-run', '1/1', '1/1', '1/1', '1/1'], 'of the lines with code that each adds');
  t.match(series.changes, [
    { patch: '3', row: scenario, what: 'breaks', reason: /^available is 10 pages short/ },
    { patch: '5', row: scenario, what: 'repairs' },
  ]);
});

t.test('a series that does not apply', async (t) => {
  const series = await grid(t, 'does-not-apply', 1);
  t.same(outcomes(series, 'applies'), ['pass', 'pass', 'fail']);
  t.match(
    row(series, 'applies')[2]?.reasons,
    [/hunk 1 of 1 for drivers\/pci\/p2pdma\.c does not apply \(@@ -1001,7 /],
    'file and hunk',
  );
  t.same(outcomes(series, scenario), ['pass', 'pass', 'not-run']);
});

t.test('a series that does not build at patch 2', async (t) => {
  const series = await grid(t, 'does-not-build', 1);
  t.same(outcomes(series, 'applies'), Array(4).fill('pass'));
  t.same(outcomes(series, 'builds'), ['pass', 'pass', 'fail', 'pass']);
  t.match(row(series, 'builds')[2]?.reasons, [/p2pdma\.c:1006:\d+: error: 'refs' undeclared/]);
  t.same(outcomes(series, scenario), ['pass', 'pass', 'not-run', 'pass']);
});

t.test('a series that panics at boot at patch 2', async (t) => {
  const series = await grid(t, 'panics', 1);
  t.same(outcomes(series, 'builds'), Array(4).fill('pass'));
  t.same(outcomes(series, 'boots'), ['pass', 'pass', 'fail', 'pass']);
  t.match(row(series, 'boots')[2]?.reasons[0], /p2pdma: no pool could be made/);
  t.same(outcomes(series, scenario), ['pass', 'pass', 'not-run', 'pass']);
  t.match(series.rows.at(-1)?.cells[2]?.reasons, ['the kernel does not boot']);
});

t.test('the next version, without the patch that broke it', async (t) => {
  const series = await grid(t, 'fixed', 0, '--previous', path.join(dir, 'frees'));
  t.same(outcomes(series, scenario), ['pass', 'pass', 'pass', 'pass']);
  t.match(series.versions, {
    patches: [
      { patch: 1, previous: 1, change: 'same' },
      { patch: 2, previous: 2, change: 'same' },
      { previous: 3, change: 'dropped' },
      { patch: 3, previous: 4, change: 'same' },
      { previous: 5, change: 'dropped' },
    ],
    breaks: [{ state: 'fixed', row: scenario, previous: '3' }],
  });
});
