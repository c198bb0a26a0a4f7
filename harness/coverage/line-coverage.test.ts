import t from 'tap';
import { ExecutedCode } from './executed-code.js';
import type { Chain } from './inline-chains.js';
import { gapsOf, lineCoverage, type FileCoverage } from './line-coverage.js';

const row = (file: string, line: number, start: number, end: number) => ({ file, line, start, end });
const ran = (...ranges: [number, number][]) =>
  new ExecutedCode(ranges.map(([address, end]) => ({ address, bytes: end - address, runs: 2 })));
const chainOf = (...frames: [name: string, file: string, line: number][]): Chain =>
  frames.map(([name, file, line]) => ({ function: name, file, line }));
const only = (file: string) => (name: string) => name === file;

t.test('a line ran when any instruction of it did', async (t) => {
  const rows = [row('a.c', 1, 0, 4), row('a.c', 2, 4, 8), row('a.c', 1, 8, 12)];
  const [file] = lineCoverage(rows, new Map(), ran([10, 12]), only('a.c'));
  t.strictSame(
    [...file!.lines].map(([line, { runs }]) => [line, runs]),
    [
      [1, 2],
      [2, 0],
    ],
  );
});

t.test('a line without an instruction of its own is merged, unless it has one elsewhere', async (t) => {
  const rows = [row('a.c', 1, 0, 0), row('a.c', 2, 0, 0), row('a.c', 3, 0, 4), row('a.c', 2, 4, 8)];
  const [file] = lineCoverage(rows, new Map(), ran([0, 8]), only('a.c'));
  t.strictSame([...file!.merged], [1]);
  t.strictSame([...file!.lines.keys()], [3, 2]);
});

t.test('a call that was inlined ran when its code did, and says that it is inlined', async (t) => {
  const rows = [row('x.h', 7, 0, 4), row('x.h', 7, 4, 8)];
  const chains = new Map([
    [0, chainOf(['get', 'x.h', 7], ['probe', 'a.c', 20])],
    [4, chainOf(['get', 'x.h', 7], ['remove', 'a.c', 30])],
  ]);
  const [file] = lineCoverage(rows, chains, ran([0, 4]), only('a.c'));
  t.strictSame(
    [...file!.lines],
    [
      [20, { runs: 2, function: 'probe', inlined: true }],
      [30, { runs: 0, function: 'remove', inlined: true }],
    ],
  );
});

t.test('the own instructions of a line outrank what it calls', async (t) => {
  const rows = [row('x.h', 7, 0, 4), row('a.c', 20, 4, 8)];
  const chains = new Map([
    [0, chainOf(['get', 'x.h', 7], ['probe', 'a.c', 20])],
    [4, chainOf(['probe', 'a.c', 20])],
  ]);
  const [file] = lineCoverage(rows, chains, ran([0, 4]), only('a.c'));
  t.strictSame([...file!.lines], [[20, { runs: 0, function: 'probe', inlined: false }]]);
});

t.test("a header's lines are told over all units that inline them", async (t) => {
  const rows = [row('x.h', 7, 0, 4), row('x.h', 8, 4, 8), row('x.h', 7, 100, 104)];
  const files = lineCoverage(rows, new Map(), ran([100, 104]), only('x.h'));
  t.strictSame(
    files.map(({ file, lines }) => [file, [...lines].map(([n, { runs }]) => [n, runs])]),
    [
      [
        'x.h',
        [
          [7, 2],
          [8, 0],
        ],
      ],
    ],
  );
});

t.test('a gap is of one function, and ends where a line ran', async (t) => {
  const line = (runs: number, name = 'f') => ({ runs, function: name, inlined: false });
  const file: FileCoverage = {
    file: 'a.c',
    merged: new Set([5]),
    lines: new Map([
      [9, line(0, 'g')],
      [8, line(0)],
      [2, line(0)],
      [4, line(0)],
      [6, line(0)],
      [7, line(1)],
    ]),
  };
  t.strictSame(gapsOf(file), [
    { from: 2, to: 6, function: 'f' },
    { from: 8, to: 8, function: 'f' },
    { from: 9, to: 9, function: 'g' },
  ]);
});
