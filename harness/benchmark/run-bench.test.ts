import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { HarnessError, Interrupted } from '../common/errors.js';
import { fakeLab, kernel, newBench, type FakeLab, type Values } from './bench.test.support.js';
import { loadBench, type BenchDocument } from './bench-document.js';
import type { SideName } from './boot.js';
import { runBench } from './run-bench.js';

const never = new AbortController().signal;
const start = (dir: string, document: BenchDocument, lab: FakeLab, signal = never) =>
  runBench(dir, document, lab, { onBoot() {} }, signal);

const steady = (side: SideName): Values => ({ cost: side === 'base' ? 1000 : 1020 });

t.test(
  'one boot of each side warms up, then base, head, head, base; folders tell which is which',
  async (t) => {
    const dir = t.testdir();
    const lab = fakeLab(steady);
    await start(dir, newBench(), lab);
    const names = lab.booted.map((boot) => path.relative(dir, boot.dir));
    t.same(names, [
      ...['runs/000-warm-up-base', 'runs/001-warm-up-head'],
      ...['runs/002-base', 'runs/003-head', 'runs/004-head', 'runs/005-base'],
    ]);
    t.same(
      lab.booted.map(({ controls }) => controls),
      [true, true, false, false, false, false],
      'claims are proven once',
    );
  },
);

t.test(
  'where no clock is asked there is no warm-up, and claims are proven in the first boot of each',
  async (t) => {
    const dir = t.testdir();
    const lab = fakeLab(steady);
    await start(dir, newBench({ kinds: ['exact', 'count'] }), lab);
    t.same(
      lab.booted.map((boot) => [path.relative(dir, boot.dir), boot.controls]),
      [
        ['runs/000-base', true],
        ['runs/001-head', true],
        ['runs/002-head', false],
        ['runs/003-base', false],
      ],
    );
  },
);

t.test('a bench of exact metrics is resolved after one round', async (t) => {
  const dir = t.testdir();
  const document = await start(dir, newBench(), fakeLab(steady));
  t.match(document, { state: 'finished', ended: 'resolved', pairs: 2, usedSeconds: 60, same: false });
  t.match(document.comparisons, [{ metric: 'instructions/IO', words: 'worse, +2 %' }]);
  t.equal(document.costText, 'cost of 2 and 2 boots\n');
  t.same(await loadBench(dir), JSON.parse(JSON.stringify(document)), 'as bench.json has it');
});

t.test('warm-up boots do not count', async (t) => {
  const lab = fakeLab((side, n) => (n < 2 ? { cost: 9999 } : steady(side)));
  const { comparisons } = await start(t.testdir(), newBench(), lab);
  t.match(comparisons, [{ base: 1000, head: 1020 }]);
});

t.test('what a clock cannot tell is measured until no other round fits into the time', async (t) => {
  const wild = (_: SideName, n: number): Values => ({ throughput: n % 3 === 0 ? 100 : 170 });
  const lab = fakeLab(wild);
  const document = await start(t.testdir(), newBench({ budgetSeconds: 119 }), lab);
  t.match(document, { ended: 'budget', usedSeconds: 100, pairs: 4 });
  t.equal(lab.booted.length, 10);
  t.equal(
    (await start(t.testdir(), newBench({ budgetSeconds: 1 }), fakeLab(wild))).pairs,
    2,
    'at least a round',
  );
});

t.test('costs are recorded until they are resolved, which is long before a clock is', async (t) => {
  const wild = (side: SideName, n: number): Values => ({
    ...steady(side),
    throughput: n % 3 === 0 ? 100 : 170,
  });
  const lab = fakeLab(wild);
  const document = await start(t.testdir(), newBench({ budgetSeconds: 100 }), lab);
  t.same(
    lab.booted.map(({ cost }) => cost),
    [false, false, true, true, true, true, false, false, false, false],
  );
  t.match(document.comparisons, [
    { metric: 'instructions/IO', n: 2 },
    { metric: 'throughput', n: 4 },
  ]);
  t.equal(document.costText, 'cost of 2 and 2 boots\n');
});

t.test('a clock that tells enough ends it before the time is over', async (t) => {
  const quick = (side: SideName, n: number): Values => ({
    throughput: (side === 'base' ? 100 : 200) + (n % 3) / 10,
  });
  const document = await start(t.testdir(), newBench({ budgetSeconds: 10_000 }), fakeLab(quick));
  t.match(document, { ended: 'resolved', pairs: 6, comparisons: [{ verdict: 'better' }] });
});

t.test('only the kinds that were asked for are compared', async (t) => {
  const both = (side: SideName): Values => ({ ...steady(side), throughput: 1 });
  const { comparisons } = await start(t.testdir(), newBench({ kinds: ['exact'] }), fakeLab(both));
  t.same(
    comparisons.map(({ kind }) => kind),
    ['exact'],
  );
});

t.test('both sides are the same when kernels and scenarios are', async (t) => {
  const lab = fakeLab(steady);
  const one: FakeLab = {
    ...lab,
    boot: async (...args) => ({ ...(await lab.boot(...args)), kernel: kernel('one') }),
  };
  t.equal((await start(t.testdir(), newBench(), one)).same, true);
  const other = newBench();
  const set = { ...other, head: { ...other.head, scenarioId: 'fedcba9876543210' } };
  t.equal((await start(t.testdir(), set, one)).same, false, 'one kernel with two settings');
});

t.test('a boot that fails ends it: bench.json says where, and numbers of before are there', async (t) => {
  const dir = t.testdir();
  const failing = fakeLab((side, n) => {
    if (n === 4)
      throw new HarnessError('kernel', 'head: s is fail: oops', { remedy: 'look', evidence: 'there' });
    return steady(side);
  });
  await t.rejects(start(dir, newBench(), failing), { message: 'head: s is fail: oops' });
  t.match(await loadBench(dir), {
    state: 'broken',
    pairs: 1,
    problem: { message: 'head: s is fail: oops', remedy: 'look', evidence: 'there' },
    boots: { length: 4 },
  });
});

t.test('one that was interrupted goes on where it was, with the same seed and order', async (t) => {
  const dir = t.testdir();
  const stop = new AbortController();
  const first = fakeLab((side, n) => {
    if (n === 3) stop.abort();
    return steady(side);
  });
  await t.rejects(start(dir, newBench(), first, stop.signal), Interrupted);
  const left = (await loadBench(dir))!;
  t.match(left, { state: 'interrupted', boots: { length: 4 } });
  mkdirSync(path.join(dir, 'runs/004-head'), { recursive: true });
  writeFileSync(path.join(dir, 'runs/004-head/run.json'), 'of a boot that was cut off');

  const second = fakeLab(steady);
  const document = await start(dir, left, second);
  t.same(
    second.booted.map((boot) => path.relative(dir, boot.dir)),
    ['runs/004-head', 'runs/005-base'],
  );
  t.match(document, { state: 'finished', pairs: 2, usedSeconds: 60 });
  const whole = await start(t.testdir(), newBench(), fakeLab(steady));
  t.same(document.comparisons, whole.comparisons);
});

t.test('a kernel that has changed meanwhile is not mixed with the old one', async (t) => {
  const dir = t.testdir();
  const document = await start(dir, newBench(), fakeLab(steady));
  const changed = {
    ...document,
    head: { ...document.head, built: { ...document.head.built!, id: 'before' } },
  };
  await t.rejects(start(dir, { ...changed, boots: document.boots.slice(0, 4) }, fakeLab(steady)), {
    message: 'new is another kernel now: id-new, and was before',
    remedy: 'begin in a new folder, with another --out',
  });
});
