import pc from 'picocolors';
import t from 'tap';
import type { Cell, Grid } from '../series/grid.js';
import { gridText } from './grid-table.js';

const pass: Cell = { outcome: 'pass', reasons: [] };
const fail = (reason: string, over: Partial<Cell> = {}): Cell => ({
  outcome: 'fail',
  reasons: [reason],
  ...over,
});
const columns = ['base', '1', '2', '3'].map((name, n) => ({ name, subject: `subject ${n}` }));

t.test('a grid, who broke what, and what was broken before', async (t) => {
  const grid: Grid = {
    columns,
    rows: [
      { name: 'applies', cells: [pass, pass, pass, pass] },
      {
        name: 'copy [provider=shm0]',
        cells: [pass, { ...pass, sameAs: 'base' }, fail('data \u001b differ'), pass],
      },
      {
        name: 'kunit',
        cells: [fail('old'), fail('old', { tries: { failed: 1, of: 3 } }), fail('old'), fail('old')],
      },
      {
        name: 'topology',
        cells: [pass, pass, { outcome: 'not-run', reasons: [] }, { outcome: 'skip', reasons: ['no'] }],
      },
    ],
  };
  t.equal(
    gridText(grid, pc.createColors(false)),
    `                      base  1           2     3
applies               pass  pass        pass  pass
copy [provider=shm0]  pass  pass =base  fail  pass
kunit                 fail  fail 1/3    fail  fail
topology              pass  pass        -     skip

patch 2 (subject 2) breaks copy [provider=shm0]
    data \\x1b differ
patch 3 (subject 3) repairs copy [provider=shm0]
    data \\x1b differ

fails without the series, too:
  kunit: old
`,
  );
});
