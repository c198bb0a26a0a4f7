import t from 'tap';
import { compareCosts } from './compare-costs.js';
import { functionCost as f, stepCost } from './cost.test.support.js';

const compare = (base: Parameters<typeof stepCost>, head: Parameters<typeof stepCost>) =>
  compareCosts([stepCost(...base)], [stepCost(...head)]).steps[0]!;

t.test('dearer, same, new and gone functions', async (t) => {
  const step = compare(
    [[f('submit', 170), f('map', 68), f('old', 5)]],
    [[f('submit', 170), f('map', 75), f('lookup', 31)]],
  );
  t.match(step, { base: 243, head: 276, change: 33, real: 33 });
  t.match(step.functions, [
    { name: 'lookup', base: undefined, head: 31, change: 31, real: true },
    { name: 'map', base: 68, head: 75, change: 7, real: true },
    { name: 'old', base: 5, head: undefined, change: -5, real: true },
    { name: 'submit', change: 0, real: false },
  ]);
});

t.test('what repeats has changed by less than what has a spread', async (t) => {
  const real = (base: [number, number], head: [number, number]) =>
    compare([[f('gup', base[0], { spread: base[1] })]], [[f('gup', head[0], { spread: head[1] })]])
      .functions[0]!.real;
  t.equal(real([270, 0], [270.1, 0]), false);
  t.equal(real([270, 0], [270.3, 0]), true);
  t.equal(real([270, 0], [278, 0.1]), false, 'within 3 % of it');
  t.equal(real([270, 0], [279, 0.1]), true);
  t.equal(real([270, 5], [279, 0.1]), false, 'within twice its spread');
  t.equal(real([270, 5], [281, 0.1]), true);
  const shared = [f('kfree', 50, { shared: true })];
  t.equal(compare([shared], [[f('kfree', 51)]]).functions[0]!.real, false, 'processes run it, too');
});

t.test('what one side sets apart is in neither sum', async (t) => {
  const step = compare(
    [[f('submit', 170), f('read', 100)]],
    [[f('submit', 170)], [{ name: 'read', perIo: 104, spread: 9, why: 'wanders' }]],
  );
  t.match(step, { base: 170, head: 170 });
  t.strictSame(step.apart, [], 'it moved by less than it wanders');
});

t.test('what is set apart and changed is told all the same', async (t) => {
  const lock = (perIo: number) => ({ name: 'spin_lock', perIo, spread: 2, why: 'locks' }) as const;
  const step = compare([[], [lock(20)]], [[], [lock(60)]]);
  t.strictSame(step.apart, [{ name: 'spin_lock', why: 'locks', base: 20, head: 60, change: 40 }]);
  t.equal(step.change, 0);
});

t.test('a function that is inlined in head did not change, nor did the one that has it', async (t) => {
  const step = compare(
    [[f('submit', 170), f('helper', 31)]],
    [[f('submit', 200, { inlined: { helper: 30 } })]],
  );
  t.strictSame(step.moves, [
    {
      ...{ name: 'helper', base: 31, head: 30, inlinedIn: 'head' },
      hosts: [{ name: 'submit', perIo: 30 }],
    },
  ]);
  t.match(
    step.functions.map(({ name, real }) => [name, real]),
    [
      ['submit', false],
      ['helper', false],
    ],
  );
  t.equal(step.change, -1);
});

t.test('and the other way round, with a change of its own', async (t) => {
  const step = compare(
    [[f('submit', 200, { inlined: { helper: 30 } })]],
    [[f('submit', 175), f('helper', 33)]],
  );
  t.match(step.moves, [{ name: 'helper', base: 30, head: 33, inlinedIn: 'base' }]);
  t.match(step.functions, [
    { name: 'submit', change: -25, real: true, moved: [{ perIo: -30 }] },
    { name: 'helper' },
  ]);
});

t.test('a function that is gone stays gone where others had as much of it inlined before', async (t) => {
  const host = f('submit', 170, { inlined: { helper: 30 } });
  const step = compare([[host, f('helper', 31)]], [[host]]);
  t.strictSame(step.moves, []);
  t.match(step.functions, [{ name: 'helper', change: -31, real: true }]);
});

t.test('steps of one side only are named', async (t) => {
  const other = { ...stepCost([]), step: 'read' };
  t.strictSame(compareCosts([stepCost([])], [other]), {
    ...{ steps: [], onlyBase: ['write on host'], onlyHead: ['read on host'] },
  });
});
