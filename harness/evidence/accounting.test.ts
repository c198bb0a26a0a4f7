import t from 'tap';
import { parseAccounting } from './accounting.js';

t.test('figures are by device id, and by BDF where the plan has no such device', (t) => {
  const text = '0000:03:00.0 33554432 33423360 1 \n0000:09:00.0 2097152 2097152 0 \n';
  t.strictSame(parseAccounting(text, new Map([['0000:03:00.0', 'nvme0']])), {
    nvme0: { size: 33554432, available: 33423360, published: 1 },
    '0000:09:00.0': { size: 2097152, available: 2097152, published: 0 },
  });
  t.end();
});

t.test('a machine without providers has no figures', (t) => {
  t.strictSame(parseAccounting('', new Map()), {});
  t.end();
});
