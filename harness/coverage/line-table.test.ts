import t from 'tap';
import { LineTableParser, type Unit } from './line-table.js';

function parse(text: string): Unit[] {
  const units: Unit[] = [];
  const parser = new LineTableParser((unit) => units.push(unit));
  for (const line of text.split('\n')) parser.line(line);
  parser.finish();
  return units;
}

/** As readelf of binutils 2.40 prints the beginning of p2pdma.c. */
const p2pdma = `Contents of the .debug_line section:

CU: ./drivers/pci/p2pdma.c:
File name                            Line number    Starting address    View    Stmt
p2pdma.c                                     484  0xffffffff8127dc30               x

./include/linux/mmzone.h:
mmzone.h                                    1125  0xffffffff8127dc30       1       x

./drivers/pci/p2pdma.c:
p2pdma.c                                     489  0xffffffff8127dc33               x
p2pdma.c                                     490  0xffffffff8127dc38               x
p2pdma.c                                       -  0xffffffff8127dc3c
`;

t.test('a row goes up to the next one, and a place without an instruction is empty', async (t) => {
  t.strictSame(parse(p2pdma), [
    {
      name: 'drivers/pci/p2pdma.c',
      rows: [
        { file: 'drivers/pci/p2pdma.c', line: 484, start: 0x8127dc30, end: 0x8127dc30 },
        { file: 'include/linux/mmzone.h', line: 1125, start: 0x8127dc30, end: 0x8127dc33 },
        { file: 'drivers/pci/p2pdma.c', line: 489, start: 0x8127dc33, end: 0x8127dc38 },
        { file: 'drivers/pci/p2pdma.c', line: 490, start: 0x8127dc38, end: 0x8127dc3c },
      ],
    },
  ]);
});

t.test('a function in a section of its own ends where its sequence ends', async (t) => {
  const [unit] = parse(`CU: a/b.c:
b.c     1  0xffffffff81000000   x
b.c     -  0xffffffff81000008
b.c     7  0xffffffff81cf2000   x
b.c     9  0xffffffff81cf2004
b.c     -  0xffffffff81cf200a`);
  t.strictSame(
    unit!.rows.map(({ line, start, end }) => [line, end - start]),
    [
      [1, 8],
      [7, 4],
      [9, 6],
    ],
  );
});

t.test('code that belongs to no line, and sections that were discarded, have no rows', async (t) => {
  const [unit] = parse(`CU: a/b.c:
b.c     0  0xffffffff81000000   x
b.c     4  0xffffffff81000002   x
b.c     -  0xffffffff81000008
b.c     5  0x0   x
b.c     -  0x20`);
  t.strictSame(
    unit!.rows.map(({ line }) => line),
    [4],
  );
});

t.test('each unit begins with a file of its own', async (t) => {
  const units = parse(`CU: init/main.c:
main.c     4  0xffffffff81000000   x
main.c     -  0xffffffff81000008

CU: lib/zstd/../x.h:
x.h        5  0xffffffff81000008   x
x.h        -  0xffffffff81000009`);
  t.strictSame(
    units.map(({ name, rows }) => [name, ...rows.map(({ file, line }) => `${file}:${line}`)]),
    [
      ['init/main.c', 'init/main.c:4'],
      ['lib/x.h', 'lib/x.h:5'],
    ],
  );
});
