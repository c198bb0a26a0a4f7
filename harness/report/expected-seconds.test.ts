import t from 'tap';
import type { Scenario } from '../scenario/scenario.js';
import { expectedSeconds, secondsText, sumOfSeconds } from './expected-seconds.js';

const scenario = {
  name: 'copy',
  variant: { provider: 'shm0' },
  machines: { host: {} },
  steps: [{}, {}],
} as unknown as Scenario;
const entry = (wallMs: number, outcome = 'pass', title = 'copy [provider=shm0]') => {
  return { at: '2026-11-26T00:00:00.000Z', kernel: 'k', title, outcome, wallMs };
};

t.test('the median of the last five runs', async (t) => {
  const times = [99_000, 5000, 90_000, 7000, 6000, 8000].map((ms) => entry(ms));
  t.same(expectedSeconds(scenario, times, 'k'), { seconds: 7, measured: true });
});

t.test('another kernel counts only as long as there is no run on this one', async (t) => {
  const onAnother = { ...entry(300_000), kernel: 'k-debug' };
  t.same(expectedSeconds(scenario, [onAnother], 'k'), { seconds: 300, measured: true });
  t.same(expectedSeconds(scenario, [entry(9000), onAnother, onAnother], 'k'), { seconds: 9, measured: true });
});

t.test('other variants and runs that broke off do not count: it is guessed', async (t) => {
  const history = [entry(1000, 'broken'), entry(1000, 'pass', 'copy [provider=nvme0]')];
  t.same(expectedSeconds(scenario, history, 'k'), { seconds: 8, measured: false });
});

t.test('a sum with a guess in it is a guess', async (t) => {
  const sum = sumOfSeconds([
    { seconds: 60, measured: true },
    { seconds: 65, measured: false },
  ]);
  t.equal(secondsText(sum), '2 min 5 s?');
});

t.test('less than a second is one', async (t) => {
  t.equal(secondsText({ seconds: 0.2, measured: true }), '1 s');
});
