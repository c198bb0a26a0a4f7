import t from 'tap';
import { dipOf, parseMoment } from './accounting.js';

const ids = new Map([['0000:03:00.0', 'nvme0']]);

t.test('figures are by device id, and by BDF where the plan has no such device', (t) => {
  const text = 'pool 0000:03:00.0 33554432 33423360 1\npool 0000:09:00.0 2097152 2097152 0\n';
  t.strictSame(parseMoment(text, ids), {
    pools: {
      nvme0: { size: 33554432, available: 33423360, published: 1 },
      '0000:09:00.0': { size: 2097152, available: 2097152, published: 0 },
    },
    lowest: undefined,
  });
  t.end();
});

t.test('the sampler’s lowest figure is by device id', (t) => {
  const file = '0000:03:00.0/p2pmem/available';
  const text = `[{"file":"${file}","first":9,"min":5,"max":9,"last":9,"samples":7}]\npool 0000:03:00.0 9 9 1\n`;
  t.strictSame(parseMoment(text, ids).lowest, { nvme0: { available: 5, samples: 7 } });
  t.end();
});

t.test('a machine without providers has no figures', (t) => {
  t.strictSame(parseMoment('', new Map()), { pools: {}, lowest: undefined });
  t.end();
});

t.test('the dip is how far available fell, and unknown when nobody looked', (t) => {
  const before = { nvme0: { size: 9, available: 9, published: 1 } };
  t.equal(dipOf({ before, lowest: { nvme0: { available: 5, samples: 7 } } }, 'nvme0'), 4);
  t.equal(dipOf({ before }, 'nvme0'), undefined);
  t.end();
});
