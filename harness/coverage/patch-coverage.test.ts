import t from 'tap';
import type { FileCoverage } from './line-coverage.js';
import { patchCoverage, patchCoverageCell } from './patch-coverage.js';

const line = (runs: number, name = 'f', inlined = false) => ({ runs, function: name, inlined });

/** A patch that adds lines from `at` on. */
const adds = (name: string, at: number, count: number, file = 'a.c') => ({
  series: 's',
  name,
  diff: `--- a/${file}\n+++ b/${file}\n@@ -${at - 1},0 +${at},${count} @@\n${'+x\n'.repeat(count)}`,
});

const a: FileCoverage = {
  file: 'a.c',
  lines: new Map([
    [10, line(4)],
    [11, line(0)],
    [13, line(0)],
    [14, line(0, 'g')],
    [15, line(7, 'g', true)],
    [16, line(0, 'g')],
  ]),
  merged: new Set([12]),
};

t.test('added lines: that ran, never ran, cannot be told, have no code', async (t) => {
  t.strictSame(patchCoverage([adds('one', 10, 8)], [a]), [
    {
      series: 's',
      name: 'one',
      added: 8,
      ran: 2,
      neverRan: 4,
      merged: 1,
      noCode: 1,
      replaced: 0,
      inlined: 1,
      gaps: [
        { file: 'a.c', from: 11, to: 13, function: 'f' },
        { file: 'a.c', from: 14, to: 14, function: 'g' },
        { file: 'a.c', from: 16, to: 16, function: 'g' },
      ],
      notBuilt: [],
    },
  ]);
});

t.test('a range that never ran has lines of one patch', async (t) => {
  const [first, second] = patchCoverage([adds('one', 10, 6), adds('two', 13, 1)], [a]);
  t.strictSame(first!.gaps, [
    { file: 'a.c', from: 11, to: 11, function: 'f' },
    { file: 'a.c', from: 14, to: 14, function: 'g' },
    { file: 'a.c', from: 16, to: 16, function: 'g' },
  ]);
  t.strictSame(second!.gaps, [{ file: 'a.c', from: 13, to: 13, function: 'f' }]);
});

t.test('lines that a later patch takes away are told as replaced', async (t) => {
  const takes = { series: 's', name: 'two', diff: '--- a/a.c\n+++ b/a.c\n@@ -11,2 +10,0 @@\n-x\n-x\n' };
  const [first, second] = patchCoverage([adds('one', 10, 3), takes], [a]);
  t.match(first, { added: 3, ran: 1, replaced: 2, neverRan: 0 });
  t.match(second, { added: 0, ran: 0, replaced: 0 });
});

t.test('a C file without any code is not in this kernel; other files just have none', async (t) => {
  const patch = adds('one', 1, 2, 'b.c');
  const both = { ...patch, diff: patch.diff + adds('', 1, 2, 'Documentation/b.rst').diff };
  t.match(patchCoverage([both], []), [{ added: 4, noCode: 4, notBuilt: ['b.c'] }]);
});

t.test('the cell of a column', async (t) => {
  t.equal(patchCoverageCell(patchCoverage([adds('one', 10, 8)], [a])), '2/6');
  t.equal(patchCoverageCell(patchCoverage([adds('one', 30, 2)], [a])), '–');
  const both = patchCoverage([adds('one', 10, 4), adds('two', 14, 4)], [a]);
  t.equal(patchCoverageCell(both), '2/6', 'of several patches together');
});
