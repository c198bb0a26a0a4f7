import t from 'tap';
import { block, countedRuns, kernelOf } from './cost.test.support.js';
import { stepCosts } from './step-costs.js';

const code = kernelOf([
  { name: 'blk_submit', file: 'block/blk-mq.c', at: 0x1000, count: 10 },
  { name: 'p2p_map', file: 'drivers/pci/p2pdma.c', at: 0x2000, count: 4 },
  { name: 'do_exec', file: 'block/strange.c', at: 0x3000, count: 5 },
  { name: 'retry', file: 'block/retry.c', at: 0x4000, count: 5 },
  { name: '__schedule', file: 'kernel/sched/core.c', at: 0x5000, count: 5 },
  { name: 'seldom', file: 'block/seldom.c', at: 0x6000, count: 1 },
]);
const submit = (runs: number) => block(0x1000, 10, runs);
const map = (runs: number) => block(0x2000, 4, runs);
const [cost] = stepCosts(
  countedRuns(
    [10, [submit(13), map(10), block(0x3000, 5, 900), block(0x4000, 5, 10), block(0x5000, 5, 10)]],
    [110, [submit(113), map(110), block(0x3000, 5, 902), block(0x4000, 5, 110), block(0x5000, 5, 110)]],
    [10, [submit(17), map(10), block(0x3000, 5, 900), block(0x4000, 5, 10), block(0x5000, 5, 20)]],
    [110, [submit(117), map(110), block(0x3000, 5, 902), block(0x4000, 5, 180), block(0x5000, 5, 120)]],
    [10, [submit(13), map(10), block(0x3000, 5, 900), block(0x4000, 5, 10), block(0x6000, 1, 1)]],
    [110, [submit(114), map(110), block(0x3000, 5, 902), block(0x4000, 5, 250), block(0x6000, 1, 4)]],
  ),
  code,
);

t.test('what starts a process drops out, and the median of the pairs stands', async (t) => {
  t.match(cost, { step: 'write', machine: 'host', ios: 100, bytes: 409_600, pathPerIo: 14 });
  t.match(cost?.functions, [
    { name: 'blk_submit', area: 'block', perIo: 10, shared: true },
    { name: 'p2p_map', area: 'p2pmem', perIo: 4, spread: 0, shared: undefined },
  ]);
  t.ok(Math.abs(cost!.functions[0]!.spread - 0.1) < 1e-9);
});

t.test('what is set apart says why: by its file, as it wanders, as processes pay it', async (t) => {
  t.match(cost?.apart, [
    { name: 'retry', perIo: 8.5, why: 'wanders' },
    { name: '__schedule', perIo: 5, why: 'scheduler' },
    { name: 'do_exec', perIo: 0.1, why: 'start' },
  ]);
});

t.test('one instruction in many I/Os is not told', async (t) => {
  t.notOk([...cost!.functions, ...cost!.apart].some(({ name }) => name === 'seldom'));
});

t.test('I/O of several sizes is told apart', async (t) => {
  const runs = countedRuns([1, [map(1)]], [2, [map(2)]]);
  const larger = runs.map((run) => ({ ...run, work: 'bs=64k', bytes: run.ios * 65_536 }));
  t.match(stepCosts([...runs, ...larger], code), [
    { step: 'write bs=4k', bytes: 4096 },
    { step: 'write bs=64k', bytes: 65_536 },
  ]);
});

t.test('two functions of one name are told with their files', async (t) => {
  const twins = kernelOf([
    { name: 'show', file: 'block/a.c', at: 0x1000, count: 2 },
    { name: 'show', file: 'block/b.c', at: 0x1100, count: 1 },
  ]);
  const both = (n: number) => [block(0x1000, 2, n), block(0x1100, 1, n)];
  t.match(stepCosts(countedRuns([1, both(1)], [2, both(2)]), twins)[0]!.functions, [
    { name: 'show (block/a.c)', perIo: 2 },
    { name: 'show (block/b.c)', perIo: 1 },
  ]);
});

t.test('what few I/Os call is no part of their cost, though it be the same in each run', async (t) => {
  const due = kernelOf([{ name: 'reseed', file: 'block/reseed.c', at: 0x1000, count: 20 }]);
  const more = (calls: number) => [block(0x1000, 2, calls), block(0x1008, 18, 100 * calls)];
  const often = stepCosts(countedRuns([10, more(1)], [1010, more(21)]), due);
  t.match(often[0]?.functions, [{ name: 'reseed' }]);
  const seldom = stepCosts(countedRuns([10, more(1)], [1010, more(6)]), due);
  t.match(seldom[0], { pathPerIo: 0, apart: [{ name: 'reseed', perIo: 9.01, why: 'seldom' }] });
});

t.test('callers may enter a part of a function alone', async (t) => {
  const split = kernelOf([
    { name: 'wait', file: 'mm/filemap.c', at: 0x1000, count: 2 },
    { name: 'wait.part.0', file: 'mm/filemap.c', at: 0x1100, count: 12 },
  ]);
  const calls = (part: number) => [block(0x1000, 2, 3), block(0x1100, 12, part)];
  const [cost] = stepCosts(countedRuns([10, calls(10)], [1010, calls(1010)]), split);
  t.match(cost?.functions, [{ name: 'wait', perIo: 12, parts: { 'wait.part.0': 12 } }]);
});
