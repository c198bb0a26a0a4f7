import t from 'tap';
import { kernelOf } from './cost.test.support.js';
import { parseSymbols } from './kernel-code.js';

t.test('symbols go up to the next one; of several names the first global one is taken', async (t) => {
  const text = [
    '0000000000000000 A irq_stack',
    'ffffffff81000000 T _text',
    'ffffffff81000040 t local',
    'ffffffff81000040 T global',
    'ffffffff81000040 T other',
    'ffffffff81000080 T __lock_text_start',
    'ffffffff81000080 T _raw_spin_trylock',
    'ffffffff81000090 d data',
    'ffffffff810000a0 W weak',
  ].join('\n');
  t.strictSame(
    parseSymbols(text).map(({ name, start, end }) => [name, start.toString(16), end.toString(16)]),
    [
      ['_text', '81000000', '81000040'],
      ['global', '81000040', '81000080'],
      ['_raw_spin_trylock', '81000080', '810000a0'],
      ['weak', '810000a0', '810000a0'],
    ],
  );
});

t.test('an address is of the symbol that it is in, and of none behind the last', async (t) => {
  const code = kernelOf([
    { name: 'a', file: 'a.c', at: 16, count: 2 },
    { name: 'b', file: 'b.c', at: 32, count: 2 },
  ]);
  const names = [15, 16, 23, 24, 32, 39, 40].map((address) => code.symbolAt(address)?.name);
  t.strictSame(names, [undefined, 'a', 'a', undefined, 'b', 'b', undefined]);
  t.strictSame(code.startsIn(17, 36), [20, 32]);
});
