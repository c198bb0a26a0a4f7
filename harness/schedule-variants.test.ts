import os from 'node:os';
import t from 'tap';
import { workIdOf } from './report/expected-memory.js';
import type { HistoryEntry } from './report/history.js';
import { bareScenario } from './scenario/bare.test.support.js';
import type { Machine, Scenario } from './scenario/scenario.js';
import { scheduleVariants, type Group, type Scheduling } from './schedule-variants.js';

const machine: Machine = { cpu: 'EPYC', cpus: 2, memory: 2 ** 28, pcie: [], append: [] };
const scenario = (name: string, tags: string[] = []): Scenario =>
  bareScenario({ name, tags, machines: { host: machine } });
const took = (title: string, wallMs: number, kernel = 'k'): HistoryEntry => {
  return { at: '2026-11-26T00:00:00.000Z', title, kernel, outcome: 'pass', wallMs };
};
const scheduling: Scheduling = {
  jobs: 500, // so that the CPUs of the host at hand do not matter
  history: [took('a', 1000), took('b', 3000), took('b', 500, 'debug'), took('c', 2000, 'debug')],
  kernelOf: () => ({ name: 'k', id: '0a' }),
  accelerator: 'tcg',
  counted: false,
  measured: false,
  shareBoots: false,
  inOrder: false,
};

function namesInOrder(variants: Scenario[], over: Partial<Scheduling> = {}): string[] {
  const { groups, next } = scheduleVariants(variants, { ...scheduling, ...over });
  const names: string[] = [];
  for (let waiting = groups; waiting.length > 0;) {
    const begun = next(waiting, [])!;
    names.push(begun.map(({ name }) => name).join('+'));
    waiting = waiting.filter((group) => group !== begun);
  }
  return names;
}

t.test('longest first: on this kernel, else on another, else by what it consists of', async (t) => {
  const guessed = scenario('d'); // 5 s for the boot
  t.strictSame(namesInOrder([scenario('a'), scenario('b'), scenario('c'), guessed]), ['d', 'b', 'c', 'a']);
});

t.test('a benchmark runs first, and alone', async (t) => {
  const { groups, next } = scheduleVariants([scenario('a'), scenario('x', ['bench'])], scheduling);
  const [a, bench] = groups;
  t.equal(next([a!, bench!], []), bench);
  t.equal(next([a!], [bench!]), undefined);
});

t.test('in their order, benchmarks too, when the run may end with any of them', async (t) => {
  const variants = [scenario('a'), scenario('x', ['bench']), scenario('b'), scenario('d')];
  t.strictSame(namesInOrder(variants, { inOrder: true }), ['a', 'x', 'b', 'd']);
});

t.test('when times are measured each runs alone', async (t) => {
  const variants = [scenario('a'), scenario('b')];
  const { groups, next } = scheduleVariants(variants, { ...scheduling, measured: true });
  const [a, b] = groups;
  t.equal(next([a!, b!], []), b);
  t.equal(next([a!], [b!]), undefined);
});

t.test('neighbours with the same machines share a boot, and count as one', async (t) => {
  const other = { ...scenario('o'), machines: { host: { ...machine, cpus: 1 } } };
  const variants = [scenario('a'), scenario('b'), other, scenario('c')];
  const shared = { shareBoots: true, jobs: 1 };
  t.strictSame(namesInOrder(variants, shared), ['o', 'a+b', 'c']);
});

t.test('other kernels, other evidence, or the wish for a fresh boot: a boot of its own', async (t) => {
  const fresh = { ...scenario('f'), boot: 'fresh' as const };
  const without: Scenario = { ...scenario('w'), without: ['bars'] };
  const kernelOf = ({ name }: { name: string }) => ({ name: name === 'k' ? 'other' : 'k', id: '0a' });
  const variants = [scenario('a'), scenario('k'), fresh, without];
  t.equal(namesInOrder(variants, { shareBoots: true, jobs: 1, kernelOf }).length, 4);
});

const MiB = 2 ** 20;
/** Guests of 256 MiB and their QEMUs can come to 512 MiB. */
const all = ['a', 'b', 'c', 'd'].map((name) => scenario(name));
const cameTo = (one: Scenario, mebibytes: number, kernelId = '0a'): HistoryEntry => ({
  ...took(one.name, 1000),
  workId: workIdOf(one, { kernelId, accelerator: 'tcg' }),
  peakMemoryBytes: mebibytes * MiB,
});

/** How many run beside each other when that much is free at first, and each takes so much of it. */
function atOnce(freeMiB: number, eachTakesMiB: number, over: Partial<Scheduling>): number {
  const running: Group[] = [];
  const freeMemory = () => (freeMiB - running.length * eachTakesMiB) * MiB;
  const { groups, next } = scheduleVariants(all, { ...scheduling, freeMemory, ...over });
  const waiting = () => groups.filter((group) => !running.includes(group));
  for (let begun; (begun = next(waiting(), running));) running.push(begun);
  return running.length;
}

t.test('as many as fit when each comes to all that it can', async (t) => {
  t.equal(atOnce(2048, 0, {}), 4);
  t.equal(atOnce(2047, 0, {}), 3);
});

t.test('by what they came to on this kernel, and room for one that comes to all', async (t) => {
  const history = all.map((one) => cameTo(one, 100)); // 3 × 150 + 512
  t.equal(atOnce(962, 0, { history }), 4);
  t.equal(atOnce(961, 0, { history }), 3);
  t.equal(atOnce(962, 100, { history }), 4, 'what they take is theirs');
});

t.test('what another kernel, accelerator or scenario of that name came to says nothing', async (t) => {
  const history = all.map((one) => cameTo(one, 100, '0b'));
  t.equal(atOnce(1535, 0, { history }), 2, 'kernel');
  const known = all.map((one) => cameTo(one, 100));
  t.equal(atOnce(1535, 0, { history: known, accelerator: 'kvm' }), 2, 'accelerator');
  t.equal(atOnce(1535, 0, { history: known, counted: true }), 1, "QEMU's plugin");
  const longer = all.map((one) => cameTo({ ...one, title: 'Other steps' }, 100));
  t.equal(atOnce(1535, 0, { history: longer }), 2, 'scenario');
});

t.test(
  'one more when two leave a processor idle, as they did here before; not so one at a time',
  async (t) => {
    const history = all.map((one) => ({ ...took(one.name, 10_000), processorSeconds: 0.3 }));
    t.equal(atOnce(9999, 0, { history, jobs: 2 }), Math.min(2, os.availableParallelism()) === 2 ? 4 : 2);
    t.equal(atOnce(9999, 0, { history, jobs: 1 }), 1);
    t.equal(atOnce(9999, 0, { history, jobs: 2, counted: true }), 2, "QEMU's plugin counts");
  },
);

t.test('boots are shared so that as many as that have something to run', async (t) => {
  const history = all.map((one) => ({ ...took(one.name, 10_000), processorSeconds: 6 }));
  const count = (over: Partial<Scheduling>) =>
    scheduleVariants(all, { ...scheduling, history, shareBoots: true, ...over }).groups.length;
  t.equal(count({ jobs: 1 }), 1);
  t.equal(count({ jobs: 2 }), os.availableParallelism() > 1 ? 4 : 2);
});

t.test('nothing more begins when those that run take more than they did', async (t) => {
  const history = all.map((one) => cameTo(one, 100));
  t.equal(atOnce(1100, 512, { history }), 2);
});

t.test('a shared boot is as large as the largest of its variants', async (t) => {
  const shared: Partial<Scheduling> = { shareBoots: true, jobs: 2 };
  const history = [cameTo(all[0]!, 100), cameTo(all[1]!, 300), cameTo(all[2]!, 100), cameTo(all[3]!, 100)];
  t.equal(atOnce(512 + 450, 0, { ...shared, history }), 2);
  t.equal(atOnce(512 + 149, 0, { ...shared, history }), 1);
});
