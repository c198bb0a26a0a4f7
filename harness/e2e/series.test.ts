import { readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { readSeriesFile } from '../series/series-document.js';
import { filesBelow, p2plab, qemusOf, testSeries } from './run-p2plab.test.support.js';

t.test('a patch that changes a comment only: the kernel is the same, and nothing is run on it', async (t) => {
  const dir = t.testdir({ state: {} });
  const out = path.join(dir, 'out');
  const which = ['--scenario', 'p2pmem-allocate', '--set', 'provider=shm0', '--last'];
  const args = ['series', testSeries('comment'), '--kernel', 'p2pmem-6.12', ...which, '--out', out];
  const env = { XDG_STATE_HOME: path.join(dir, 'state') };
  const { exitCode, stdout, stderr } = await p2plab(args, { env });
  t.equal(exitCode, 0, `${String(stdout)}\n${String(stderr)}`);
  const series = await readSeriesFile(out);
  t.same(
    series?.rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell.sameAs ?? cell.outcome)]),
    [
      ['applies', 'pass', 'pass'],
      ['checkpatch', 'not-run', 'pass'],
      ['builds', 'pass', 'pass'],
      ['warnings', 'not-run', 'pass'],
      ['boots', 'pass', 'base'],
      ['p2pmem-allocate [provider=shm0]', 'pass', 'base'],
    ],
  );
  t.same(readdirSync(path.join(out, 'cells')), ['base'], 'one VM was booted');
  const { folder } = series!.rows.at(-1)!.cells[1]!;
  t.ok(filesBelow(out).includes(path.join(folder!, 'evidence.json')), 'the cell names the result');
  t.strictSame(qemusOf(out), []);
});
