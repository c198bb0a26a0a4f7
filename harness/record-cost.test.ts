import t from 'tap';
import { repetitions } from './record-cost.js';

t.test('a pair of runs differs in as many I/Os whatever their size is, unless they are large', async (t) => {
  t.strictSame(repetitions(4096), { short: 128, long: 1152 });
  t.strictSame(repetitions(16 * 1024), { short: 128, long: 1152 });
  t.strictSame(repetitions(256 * 1024), { short: 28, long: 256 });
  t.strictSame(repetitions(4 * 2 ** 20), { short: 8, long: 72 });
});
