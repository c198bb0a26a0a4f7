import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { loadMutants } from '../../mutants/mutants-document.js';
import { p2plab, qemusOf, readRun } from '../run-p2plab.test.support.js';

// The command on real kernels: one mutant that its area kills, and one that the scenarios asked cannot notice.

t.test('a kill table of two mutants, and the second start runs nothing', async (t) => {
  const dir = path.join(t.testdir(), 'mutants');
  const table = path.join(t.testdir(), 'table.md');
  const args = ['mutants', 'available-in-steps', 'size-of-one-range', '--tag', 'smoke'];
  const options = ['--area-only', '--no-controls', '--jobs', '2', '--out', dir, '--write-table', table];
  const { exitCode, stdout, stderr } = await p2plab([...args, ...options]);
  t.equal(exitCode, 1, `${String(stdout)}\n${String(stderr)}`);
  const first = await loadMutants(dir);
  t.match(first?.baseline, [{ outcome: 'pass' }, { outcome: 'pass' }]);
  t.match(first?.mutants, [
    { state: 'killed', cause: { reason: /one-page\.pagesTaken/ }, variantsRun: 1 },
    { state: 'survived', variantsRun: 2 },
  ]);
  t.equal(readRun(path.join(dir, 'available-in-steps')).results[0]?.outcome, 'fail');
  t.match(readFileSync(table, 'utf8'), /^\| size-of-one-range +\| allocation \| .*\| survived /m);
  t.strictSame(qemusOf(dir), []);

  const again = await p2plab([...args, ...options]);
  t.equal(again.exitCode, 1);
  t.strictSame(await loadMutants(dir), first);
});
