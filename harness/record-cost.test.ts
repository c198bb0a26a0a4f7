import t from 'tap';
import { repetitions } from './record-cost.js';

const mebibyte = 2 ** 20;
const blocks = (blockBytes: number, most: number) => repetitions({ blockBytes, most });

t.test('a pair of runs differs in as many I/Os whatever their size is', async (t) => {
  t.strictSame(blocks(4096, 2048), { short: 128, long: 1152 });
  t.strictSame(blocks(16 * 1024, 5000), { short: 128, long: 1152 });
});

t.test('unless they are large, or their region is small', async (t) => {
  t.strictSame(blocks(256 * 1024, 5000), { short: 28, long: 256 });
  t.strictSame(blocks(4 * mebibyte, 5000), { short: 1, long: 16 });
  t.strictSame(blocks(4096, 256), { short: 28, long: 256 });
  t.match(blocks(4096, 8), { short: 0 });
});
