import t from 'tap';
import type { StepCost } from '../cost/step-cost.js';
import type { BootCost } from './bench-document.js';
import { exactMetrics } from './exact-metrics.js';
import { mergeCosts } from './merge-costs.js';

const boot = (functions: Record<string, number>, over: Partial<BootCost> = {}): BootCost => ({
  ...{ step: 'write', machine: 'host', ios: 1000, bytes: 4_096_000, functions, apart: [] },
  ...over,
});

t.test('the sum over the path, without what any boot sets apart', (t) => {
  const boots = [
    [boot({ submit: 100, map: 68 })],
    [boot({ submit: 100, map: 75, tree: 9 }, { apart: ['submit'] })],
  ];
  t.match(exactMetrics(boots), [
    [{ step: 'write', metric: 'instructions/IO', value: 68, kind: 'exact', better: 'less' }],
    [{ value: 84 }],
  ]);
  t.end();
});

t.test('of several machines each has its own', (t) => {
  const boots = [[boot({ a: 1 }), boot({ a: 2 }, { machine: 'other', apart: ['b'] })]];
  t.match(exactMetrics(boots), [
    [
      { metric: 'instructions of host/IO', value: 1 },
      { metric: 'instructions of other/IO', value: 2 },
    ],
  ]);
  t.end();
});

const one = (name: string, perIo: number, spread = 0) => ({ name, area: 'block', perIo, spread });
const cost = (functions: StepCost['functions'], apart: StepCost['apart'] = []): StepCost => ({
  ...{ step: 'write', machine: 'host', ios: 1000, bytes: 4_096_000, incomplete: false },
  ...{ functions, apart, pathPerIo: 0 },
});

t.test('several boots as one: medians, and how far they are apart', (t) => {
  const boots = [
    [cost([one('submit', 100), one('map', 68)])],
    [cost([one('map', 70, 3), one('submit', 101)])],
  ];
  t.match(mergeCosts(boots), [
    {
      functions: [
        { name: 'submit', perIo: 100.5, spread: 1 },
        { name: 'map', perIo: 69, spread: 3 },
      ],
      apart: [],
      pathPerIo: 169.5,
    },
  ]);
  t.end();
});

t.test('what only some boots have wanders, and what one sets apart is apart', (t) => {
  const tick = { name: 'tick', perIo: 5, spread: 2, why: 'tick' as const };
  const boots = [
    [cost([one('submit', 100), one('tree', 9), one('tick', 5)])],
    [cost([one('submit', 100)], [tick])],
  ];
  t.match(mergeCosts(boots), [
    {
      functions: [{ name: 'submit' }],
      apart: [
        { name: 'tree', why: 'wanders', perIo: 9 },
        { name: 'tick', why: 'tick', perIo: 5 },
      ],
      pathPerIo: 100,
    },
  ]);
  t.same(mergeCosts([]), []);
  t.end();
});
