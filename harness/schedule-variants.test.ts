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
};

function namesInOrder(variants: Scenario[], over: Partial<Scheduling> = {}): string[] {
  const next = scheduleVariants(variants, { ...scheduling, ...over });
  const names: string[] = [];
  for (let waiting = variants; waiting.length > 0;) {
    const begun = next(waiting, [])!;
    names.push(begun.name);
    waiting = waiting.filter((variant) => variant !== begun);
  }
  return names;
}

t.test('longest first: on this kernel, else on another, else by what it consists of', async (t) => {
  const guessed = scenario('d'); // 5 s for the boot
  t.strictSame(namesInOrder([scenario('a'), scenario('b'), scenario('c'), guessed]), ['d', 'b', 'c', 'a']);
});

t.test('a benchmark runs first, and alone', async (t) => {
  const [a, bench] = [scenario('a'), scenario('x', ['bench'])];
  const next = scheduleVariants([a, bench], { ...scheduling });
  t.equal(next([a, bench], []), bench);
  t.equal(next([a], [bench]), undefined);
});

t.test('when times are measured each runs alone', async (t) => {
  const [a, b] = [scenario('a'), scenario('b')];
  const next = scheduleVariants([a, b], { ...scheduling, measured: true });
  t.equal(next([a, b], []), b);
  t.equal(next([a], [b]), undefined);
});
