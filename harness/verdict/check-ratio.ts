import type { Evidence } from '../evidence/evidence.js';
import type { RatioExpectation } from '../scenario/scenario.js';
import type { Check } from './check.js';

/**
 * A figure is at least so much of another one of the same run: what an emulator's absolutes cannot tell. A step that
 * never ran has none, and the reason for that is the reason.
 */
export function checkRatio({ of, to, atLeast }: RatioExpectation, { steps }: Evidence): Check[] {
  if (![of, to].every((sample) => steps.some(({ name }) => sample.startsWith(`${name}.`)))) return [];
  const [figure, other] = [of, to].map((sample) => figureOf(sample, steps));
  const name = `${of} against ${to}`;
  const want = `at least ${percent(atLeast)}`;
  if (figure === undefined || other === undefined) {
    const missing = figure === undefined ? of : to;
    const reason = `${missing} is no figure that its step recorded`;
    return [{ name, ok: false, want, got: 'no figure', blame: 'scenario', reason }];
  }
  const share = figure / other;
  const ok = share >= atLeast;
  const reason = `${of} is ${percent(share)} of ${to} (${figure} and ${other}), not ${want}`;
  return [{ name, ok, want, got: percent(share), blame: 'kernel', ...(!ok && { reason }) }];
}

function figureOf(sample: string, steps: Evidence['steps']): number | undefined {
  const step = steps.find(({ name }) => sample.startsWith(`${name}.`));
  const value = step?.samples.find(({ name }) => sample === `${step.name}.${name}`)?.value;
  return typeof value === 'number' ? value : undefined;
}

const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`;
