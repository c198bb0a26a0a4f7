import fc from 'fast-check';
import t from 'tap';
import { ExecutedCode } from './executed-code.js';

t.test('nothing ran of code that nothing was recorded of', async (t) => {
  t.equal(new ExecutedCode([]).runs(0, 100), 0);
});

t.test('the edges of a block are those of its instructions', async (t) => {
  const code = new ExecutedCode([{ address: 10, bytes: 4, runs: 3 }]);
  const cases: [number, number, number][] = [
    [0, 10, 0],
    [9, 11, 3],
    [13, 14, 3],
    [14, 20, 0],
    [11, 11, 0],
  ];
  for (const [start, end, runs] of cases) t.equal(code.runs(start, end), runs, `${start} to ${end}`);
});

t.test('any blocks, any range: the most that one byte of it ran', async () => {
  const block = fc.record({ address: fc.nat(60), bytes: fc.integer({ min: 1, max: 12 }), runs: fc.nat(9) });
  const range = fc.tuple(fc.nat(80), fc.nat(20));
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), range, (blocks, [start, length]) => {
      const ran = (at: number) =>
        blocks.reduce((n, b) => n + (at >= b.address && at < b.address + b.bytes ? b.runs : 0), 0);
      const most = Math.max(0, ...Array.from({ length }, (_, n) => ran(start + n)));
      return new ExecutedCode(blocks).runs(start, start + length) === most;
    }),
  );
});
