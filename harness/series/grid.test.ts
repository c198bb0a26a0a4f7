import t from 'tap';
import { brokenBefore, changesOf, gridOutcome, type Cell, type Grid } from './grid.js';

const letters: Record<string, Cell['outcome']> = {
  p: 'pass',
  f: 'fail',
  b: 'broken',
  s: 'skip',
  '~': 'flaky',
  w: 'warn',
  '-': 'not-run',
};

/** A grid from rows like `ppffp`; the first column is the base. */
function grid(rows: Record<string, string>): Grid {
  const width = Object.values(rows)[0]!.length;
  const columns = Array.from({ length: width }, (_, n) => ({
    name: n === 0 ? 'base' : `${n}`,
    subject: `patch ${n}`,
  }));
  const cell = (letter: string, n: number): Cell => {
    const outcome = letters[letter]!;
    return { outcome, reasons: outcome === 'fail' ? [`broke at ${n}`] : [] };
  };
  return {
    columns,
    rows: Object.entries(rows).map(([name, text]) => ({ name, cells: [...text].map(cell) })),
  };
}
const told = (g: Grid) =>
  changesOf(g).map(({ patch, row, what, reason }) => `${patch.name} ${what} ${row}: ${reason}`);

t.test('a patch that breaks and one that repairs are named', async (t) => {
  const g = grid({ applies: 'pppppp', copy: 'pppffp' });
  t.same(told(g), ['3 breaks copy: broke at 3', '5 repairs copy: broke at 4']);
  t.equal(gridOutcome(g), 'fail', 'a bisection would stop in between');
});

t.test('what was broken before is not blamed on the series', async (t) => {
  const g = grid({ copy: 'ffff', nvmeof: 'pppp' });
  t.same(told(g), []);
  t.same(
    brokenBefore(g).map(({ name }) => name),
    ['copy'],
  );
  t.equal(gridOutcome(g), 'pass');
});

t.test('a patch that cannot be judged hides nothing', async (t) => {
  t.same(told(grid({ copy: 'pb-f' })), ['3 breaks copy: broke at 3']);
  t.equal(gridOutcome(grid({ copy: 'ppbp' })), 'broken');
});

t.test('a skip is no word', async (t) => {
  t.same(told(grid({ copy: 'pssp' })), []);
  t.equal(gridOutcome(grid({ copy: 'pssp' })), 'pass');
});

t.test('what fails now and then, and remarks, are no word either', async (t) => {
  t.same(told(grid({ copy: 'p~~p', checkpatch: 'pwww' })), []);
  t.equal(gridOutcome(grid({ copy: 'p~~p', checkpatch: 'pwww' })), 'pass');
});
