import t from 'tap';
import type { Cell, Grid } from './grid.js';
import { compareVersions, readRangeDiff, type Match } from './versions.js';

const letters = { p: 'pass', f: 'fail', '-': 'not-run' } as const;

/** A grid from rows like `ppffp`; the first column is the base. */
function grid(rows: Record<string, string>): Grid {
  const cell = (letter: string, n: number): Cell => {
    const outcome = letters[letter as keyof typeof letters];
    return { outcome, reasons: outcome === 'fail' ? [`broke at ${n}`] : [] };
  };
  const width = Object.values(rows)[0]!.length;
  return {
    columns: Array.from({ length: width }, (_, n) => ({ name: n === 0 ? 'base' : `${n}`, subject: '' })),
    rows: Object.entries(rows).map(([name, text]) => ({ name, cells: [...text].map(cell) })),
  };
}

const same = (count: number): Match[] =>
  Array.from({ length: count }, (_, n) => ({ patch: n + 1, previous: n + 1, change: 'same' }));

const told = (previous: Grid, now: Grid, matches: readonly Match[]) =>
  compareVersions(previous, now, matches).map(
    ({ state, row, patch = '-', previous: was = '-' }) => `${state} ${row} ${was}>${patch}`,
  );

t.test('the lines of git range-diff', async (t) => {
  const output = `1:  0a1b2c3d4 = 1:  aaaaaaaaa PCI: One
2:  0a1b2c3d5 ! 3:  bbbbbbbbb PCI: Two
3:  0a1b2c3d6 < -:  --------- PCI: Three
-:  --------- > 2:  ccccccccc PCI: Four
10:  0a1b2c3d6 = 12:  ccccccccc PCI: Ten
`;
  t.same(readRangeDiff(output), [
    { patch: 1, previous: 1, change: 'same' },
    { patch: 3, previous: 2, change: 'changed' },
    { previous: 3, change: 'dropped' },
    { patch: 2, change: 'new' },
    { patch: 12, previous: 10, change: 'same' },
  ]);
});

t.test('new, fixed and still failing', async (t) => {
  const previous = grid({ copy: 'ppff', alloc: 'pfff', kunit: 'pppp' });
  const now = grid({ copy: 'pppp', alloc: 'pfff', kunit: 'pppf' });
  t.same(told(previous, now, same(3)), ['still failing alloc 1>1', 'new kunit ->3', 'fixed copy 2>2']);
});

t.test('a break that moves with its patch is the same one; so is one that another patch makes', async (t) => {
  const matches: Match[] = [
    { patch: 1, change: 'new' },
    { patch: 2, previous: 1, change: 'changed' },
  ];
  t.same(told(grid({ copy: 'pf' }), grid({ copy: 'ppf' }), matches), ['still failing copy 1>2']);
  t.same(told(grid({ copy: 'pf' }), grid({ copy: 'pff' }), matches), ['still failing copy 1>1']);
});

t.test('what was not run is not said to be fixed', async (t) => {
  t.same(told(grid({ copy: 'pf' }), grid({ copy: 'p-' }), same(1)), []);
  t.same(told(grid({ copy: 'pf' }), grid({ other: 'pp' }), same(1)), []);
});

t.test('what was broken before both is nobody’s', async (t) => {
  t.same(told(grid({ copy: 'ff' }), grid({ copy: 'ff' }), same(1)), []);
});
