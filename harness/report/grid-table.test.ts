import pc from 'picocolors';
import t from 'tap';
import type { Cell, Grid } from '../series/grid.js';
import { gridText } from './grid-table.js';

const pass: Cell = { outcome: 'pass', reasons: [] };
const notRun: Cell = { outcome: 'not-run', reasons: ['the base is no patch'] };
const fail = (reason: string, over: Partial<Cell> = {}): Cell => ({
  outcome: 'fail',
  reasons: [reason],
  ...over,
});
const columns = ['base', '1', '2', '3'].map((name, n) => ({
  name,
  subject: `subject ${n}`,
  seconds: 10 + n,
}));
const text = (rows: Grid['rows']) => gridText({ columns, rows }, pc.createColors(false));

t.test('a grid, who broke what, and what was broken before', async (t) => {
  const rows = [
    { name: 'applies', cells: [pass, pass, pass, pass] },
    {
      name: 'copy [provider=shm0]',
      cells: [pass, { ...pass, sameAs: 'base' }, fail('data \u001b differ'), pass],
    },
    {
      name: 'kunit',
      cells: [fail('old', { tries: { failed: 3, of: 3, broken: 1 } }), fail('old'), fail('old'), fail('old')],
    },
    {
      name: 'topology',
      cells: [
        pass,
        { ...pass, earlier: true },
        { outcome: 'not-run', reasons: [] },
        { outcome: 'skip', reasons: ['no'] },
      ] satisfies Cell[],
    },
  ];
  t.equal(
    text(rows),
    `                      base                 1              2       3
applies               pass                 pass           pass    pass
copy [provider=shm0]  pass                 pass =base     fail    pass
kunit                 fail 3/3 (1 broken)  fail           fail    fail
topology              pass                 pass =earlier  -       skip
took                  10.0 s               11.0 s         12.0 s  13.0 s

patch 2 (subject 2) breaks copy [provider=shm0]
    data \\x1b differ
patch 3 (subject 3) repairs copy [provider=shm0]
    data \\x1b differ

fails without the series, too:
  kunit: old

=earlier: on record from an earlier series on an identical kernel image (--no-reuse runs it again)
`,
  );
});

t.test('what fails now and then, what could not be told, and remarks blame nobody', async (t) => {
  const flaky: Cell = { outcome: 'flaky', reasons: ['late'], tries: { failed: 1, of: 5, broken: 0 } };
  const broken: Cell = { outcome: 'broken', reasons: ['no disk'] };
  const warn: Cell = { outcome: 'warn', reasons: ['a', 'b', 'c', 'd', 'e', 'f'] };
  const rows = [
    { name: 'checkpatch', cells: [pass, warn, pass, pass] },
    { name: 'copy', cells: [pass, flaky, broken, pass] },
    { name: 'coverage', cells: [notRun, pass, pass, { ...pass, figure: '41/41' }] },
  ];
  t.equal(
    text(rows),
    `            base    1          2       3
checkpatch  pass    warn 6     pass    pass
copy        pass    flaky 1/5  broken  pass
coverage    -       pass       pass    41/41
took        10.0 s  11.0 s     12.0 s  13.0 s

fails now and then, and so is not said to fail:
  copy, 1, 1 of 5: late

could not be told:
  copy, 2: no disk

remarks, which break nothing:
  checkpatch, 1: a
  checkpatch, 1: b
  checkpatch, 1: c
  checkpatch, 1: d
  checkpatch, 1: e
  and 1 more in series.json
`,
  );
});
