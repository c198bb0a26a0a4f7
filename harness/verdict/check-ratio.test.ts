import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import { checkRatio } from './check-ratio.js';

const evidence = (samples: Record<string, number | string>): Evidence =>
  ({
    steps: Object.entries(samples).map(([name, value]) => ({
      name,
      samples: [{ name: 'bs=4k.throughput', value }],
    })),
  }) as unknown as Evidence;
const expectation = {
  type: 'ratio',
  of: 'starved.bs=4k.throughput',
  to: 'plain.bs=4k.throughput',
  atLeast: 0.2,
} as const;

t.test('a figure that is large enough beside the other', async (t) => {
  t.match(checkRatio(expectation, evidence({ starved: 3, plain: 10 })), [{ ok: true, got: '30 %' }]);
});

t.test('one that is too small', async (t) => {
  t.match(checkRatio(expectation, evidence({ starved: 0.31, plain: 10 })), [
    {
      ok: false,
      blame: 'kernel',
      reason: 'starved.bs=4k.throughput is 3.1 % of plain.bs=4k.throughput (0.31 and 10), not at least 20 %',
    },
  ]);
});

t.test('a sample that is no figure is the scenario’s mistake', async (t) => {
  t.match(checkRatio(expectation, evidence({ starved: 'none', plain: 10 })), [
    { ok: false, blame: 'scenario', reason: 'starved.bs=4k.throughput is no figure that its step recorded' },
  ]);
});

t.test('a step that never ran has its reason elsewhere', async (t) => {
  t.same(checkRatio(expectation, evidence({ plain: 10 })), []);
});
