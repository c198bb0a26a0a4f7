import t from 'tap';
import { lcovText } from './lcov.js';

const line = (runs: number, name: string) => ({ runs, function: name, inlined: false });

t.test('a record per file, with functions and lines', async (t) => {
  const lines = new Map([
    [9, line(0, 'g')],
    [4, line(0, 'f')],
    [5, line(12, 'f')],
    [6, line(0, '')],
  ]);
  const files = [
    { file: 'drivers/a.c', lines, merged: new Set([7]) },
    { file: 'b.h', lines: new Map(), merged: new Set<number>() },
  ];
  t.equal(
    lcovText('p2pmem-6.12', files),
    `TN:p2pmem_6_12
SF:drivers/a.c
FN:4,f
FN:9,g
FNDA:12,f
FNDA:0,g
FNF:2
FNH:1
DA:4,0
DA:5,12
DA:6,0
DA:9,0
LF:4
LH:1
end_of_record
TN:p2pmem_6_12
SF:b.h
FNF:0
FNH:0
LF:0
LH:0
end_of_record
`,
  );
});
