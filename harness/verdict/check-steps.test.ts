import t from 'tap';
import type { StepEvidence } from '../evidence/evidence.js';
import { checkSteps, zeroSamples } from './check-steps.js';

const step = (name: string, value: number | string): StepEvidence =>
  ({ name: 'copy', commands: [], samples: [{ name, value }] }) as unknown as StepEvidence;
const failure = (name: string, value: number | string) =>
  checkSteps({ steps: [step(name, value)] }).find(({ ok }) => !ok);

t.test('what must be zero and is not is the kernel’s fault', async (t) => {
  for (const name of zeroSamples) {
    t.equal(failure(name, 0), undefined, name);
    t.match(failure(name, 3), { blame: 'kernel', got: '3' }, name);
  }
});

t.test('a count that is none says nothing about the kernel', async (t) => {
  for (const name of zeroSamples)
    t.match(failure(name, 'NaN'), {
      blame: 'harness',
      got: 'NaN',
      reason: `the output of step copy cannot be read: its ${name} is NaN`,
    });
});
