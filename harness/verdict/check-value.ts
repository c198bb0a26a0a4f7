import type { Evidence } from '../evidence/evidence.js';
import type { ValueExpectation } from '../scenario/scenario.js';
import type { Check } from './check.js';

/** A sample of a step is exactly the wanted value. A step that never ran has none, which is not equal. */
export function checkValue({ of, is }: ValueExpectation, { steps }: Evidence): Check[] {
  const step = steps.find(({ name }) => of.startsWith(`${name}.`));
  if (!step) return []; // it never ran: the reason for that is the reason
  const sample = step.samples.find(({ name }) => of === `${step.name}.${name}`);
  const got = sample === undefined ? 'no such sample' : String(sample.value);
  const known = step.samples.map(({ name }) => name).join(', ') || 'none';
  return [
    {
      name: of,
      ok: String(sample?.value) === String(is),
      want: String(is),
      got,
      // a succeeded step without the sample means the scenario names one that its kind does not record
      blame: sample === undefined && step.samples.length > 0 ? 'scenario' : 'kernel',
      reason: sample
        ? `${of} is ${got}, not ${is}`
        : `step ${step.name} recorded no ${of} (it has: ${known})`,
    },
  ];
}
