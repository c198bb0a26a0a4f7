import t from 'tap';
import type { HistoryEntry } from './report/history.js';
import { bareScenario } from './scenario/bare.test.support.js';
import type { Machine, Scenario } from './scenario/scenario.js';
import { scheduleVariants, type Scheduling } from './schedule-variants.js';

const machine: Machine = { cpu: 'EPYC', cpus: 2, memory: 2 ** 28, pcie: [], append: [] };
const scenario = (name: string, tags: string[] = []): Scenario =>
  bareScenario({ name, tags, machines: { host: machine } });
const took = (title: string, wallMs: number, kernel = 'k'): HistoryEntry => {
  return { at: '2026-11-26T00:00:00.000Z', title, kernel, outcome: 'pass', wallMs };
};
const scheduling: Scheduling = {
  jobs: 500, // so that the CPUs of the host at hand do not matter
  history: [took('a', 1000), took('b', 3000), took('b', 500, 'debug'), took('c', 2000, 'debug')],
  kernelOf: () => ({ name: 'k' }),
  counted: false,
  measured: false,
  shareBoots: false,
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
  const kernelOf = ({ name }: { name: string }) => ({ name: name === 'k' ? 'other' : 'k' });
  const variants = [scenario('a'), scenario('k'), fresh, without];
  t.equal(namesInOrder(variants, { shareBoots: true, jobs: 1, kernelOf }).length, 4);
});
