import t from 'tap';
import { block, kernelOf } from './cost.test.support.js';
import { BlockFolding } from './fold-blocks.js';

const code = kernelOf([
  { name: 'submit', file: 'block/a.c', at: 0x1000, count: 10, inlined: ['list_add', 4] },
  { name: 'submit.part.0', file: 'block/a.c', at: 0x1028, count: 5 },
  { name: 'show', file: 'block/a.c', at: 0x1100, count: 2 },
  { name: 'show', file: 'drivers/b.c', at: 0x1200, count: 3 },
]);
const fold = (...blocks: ReturnType<typeof block>[]) =>
  [...new BlockFolding(code).fold(blocks).values()].map(
    ({ name, file, instructions, parts, inlined, calls }) => ({
      ...{ name, file, instructions, calls },
      ...{ parts: Object.fromEntries(parts), inlined: Object.fromEntries(inlined) },
    }),
  );

t.test('blocks are runs times instructions of their function, and parts are one with it', async (t) => {
  t.strictSame(fold(block(0x1000, 6, 100), block(0x1018, 4, 10), block(0x1028, 5, 1)), [
    {
      ...{ name: 'submit', file: 'block/a.c', instructions: 645, calls: 101 },
      parts: { submit: 640, 'submit.part.0': 5 },
      inlined: { list_add: 40 },
    },
  ]);
});

t.test('a block that runs on into the next symbol is shared by its bytes', async (t) => {
  const [one] = fold(block(0x1020, 4, 10));
  t.strictSame(one?.parts, { submit: 20, 'submit.part.0': 20 });
});

t.test('two static functions of one name are two', async (t) => {
  t.match(fold(block(0x1100, 2, 1), block(0x1200, 3, 1)), [
    { name: 'show', file: 'block/a.c', instructions: 2 },
    { name: 'show', file: 'drivers/b.c', instructions: 3 },
  ]);
});

t.test('where the kernel has patched its code, what was counted stands', async (t) => {
  const patched = { address: 0x1018, bytes: 16, instructions: 2, runs: 10 };
  t.match(fold(patched), [{ instructions: 20, inlined: { list_add: 20 } }]);
});

t.test('what is not in vmlinux is told as a module', async (t) => {
  t.match(fold(block(0xc000_0000, 2, 3)), [{ name: '[module]', file: '', instructions: 6 }]);
});
