import t from 'tap';
import { fileTable, gapText, patchLine, patchText } from './coverage-text.js';
import type { PatchCoverage } from './patch-coverage.js';

const line = (runs: number, inlined = false) => ({ runs, function: 'probe', inlined });
const file = {
  file: 'drivers/a.c',
  lines: new Map([
    [1, line(1)],
    [2, line(1)],
    [3, line(0)],
    [5, line(0, true)],
  ]),
  merged: new Set([9, 4]),
};
const patch = (over: Partial<PatchCoverage>): PatchCoverage => ({
  ...{ series: 's', name: '0001-x', added: 0, ran: 0, neverRan: 0, merged: 0, noCode: 0, replaced: 0 },
  ...{ inlined: 0, gaps: [], notBuilt: [], ...over },
});

t.test('files in a table; percent is rounded down', async (t) => {
  t.equal(
    fileTable([file, { ...file, file: 'empty.h', lines: new Map(), merged: new Set() }]),
    `file         code  ran        inlined  merged
drivers/a.c  4     2    50 %  1        2
empty.h      0     0    –     0        0
`,
  );
});

t.test('what never ran of a file, and what cannot be told', async (t) => {
  t.equal(
    gapText(file),
    `drivers/a.c
  never ran: 3-5 (probe)
  cannot tell: 4, 9 (no instruction of their own)
`,
  );
});

t.test('a patch in a line', async (t) => {
  const over = { ran: 41, neverRan: 3, inlined: 2, noCode: 20, merged: 1, replaced: 5 };
  t.equal(
    patchLine(3, patch(over)),
    'patch 3: 41 of 44 added lines ran, 2 of them inlined calls, 20 without code, 1 cannot be told, 5 changed by later patches',
  );
  t.equal(patchLine(4, patch({ noCode: 2 })), 'patch 4: adds no code, 2 without code');
});

t.test('patches by series, counted from 1 in each', async (t) => {
  const gaps = [{ file: 'a.c', from: 3, to: 3, function: 'f' }];
  const patches = [
    patch({ ran: 1, neverRan: 1, gaps }),
    patch({ series: 't', name: '0001-y', notBuilt: ['b.c'] }),
  ];
  t.equal(
    patchText(patches),
    `s
  patch 1: 1 of 2 added lines ran  0001-x
      never ran: a.c:3 (f)

t
  patch 1: adds no code  0001-y
      not in this kernel: b.c
`,
  );
});
