import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import type { Check } from './check.js';
import { skippedBecause } from './without-skipped.js';

/** A shell's way to say that a program is not there or cannot be run (POSIX, 2.8.2): the image's fault. */
const notRunnable = [126, 127];

/** Samples of any step that must be zero, and what it means when they are not. */
const mustBeZero: Record<string, (value: number) => string> = {
  badBytes: (n) => `${n} bytes read back from p2pmem differ from what was written`,
  badGuards: (n) => `${n} bytes around a buffer have changed`,
  badOnDisk: (n) => `${n} bytes of the drives are not what they must be`,
  pagesMissing: (n) => `available is ${n} pages short after everything was given back`,
  failedTests: (n) => (n === 1 ? '1 test failed' : `${n} tests failed`),
  missingTests: (n) => (n === 1 ? '1 test gave no result' : `${n} tests gave no result`),
};

export const zeroSamples: readonly string[] = Object.keys(mustBeZero);

/** Every command ended with 0, its output could be read, and what must be zero is. */
export function checkSteps({ steps }: Pick<Evidence, 'steps'>): Check[] {
  return steps.flatMap((step) => [
    commandCheck(step),
    ...readableCheck(step),
    ...zeroChecks(step),
    ...skipCheck(step),
  ]);
}

function commandCheck({ name, commands }: StepEvidence): Check {
  const failed = commands.find(({ exitCode }) => exitCode !== 0);
  const how =
    failed && (failed.exitCode === undefined ? `signal ${failed.signal}` : `exit ${failed.exitCode}`);
  return {
    name: `${name}: commands succeed`,
    ok: failed === undefined,
    want: 'exit 0 of each',
    got: failed === undefined ? `exit 0 of ${commands.length}` : `${failed.label}: ${how}`,
    blame: notRunnable.includes(failed?.exitCode ?? 0) ? 'harness' : 'kernel',
    reason:
      failed &&
      `step ${name} (${failed.label}) ended with ${how}: ${failed.lastError || `see ${failed.stderr}`}`,
  };
}

function readableCheck({ name, unreadable }: StepEvidence): Check[] {
  if (unreadable === undefined) return [];
  const reason = `the output of step ${name} cannot be read: ${unreadable}`;
  return [
    {
      name: `${name}: output can be read`,
      ok: false,
      want: 'samples',
      got: unreadable,
      blame: 'harness',
      reason,
    },
  ];
}

function zeroChecks({ name, samples }: StepEvidence): Check[] {
  const first = samples.find((s) => s.name === 'firstBad')?.value ?? 'none';
  const where = first === 'none' ? '' : `: ${first}`;
  return samples.flatMap(({ name: sample, value }): Check[] => {
    const meaning = mustBeZero[sample];
    if (!meaning) return [];
    const names = sample === 'failedTests' ? samples.find((s) => s.name === 'failedNames') : undefined;
    const which = names ? `: ${names.value}` : '';
    const check = { name: `${name}: ${sample}`, ok: value === 0, want: '0', got: String(value) };
    // a program whose output is garbled has counted nothing, which is no finding about the kernel
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      const reason = `the output of step ${name} cannot be read: its ${sample} is ${value}`;
      return [{ ...check, blame: 'harness', reason }];
    }
    const reason = value === 0 ? undefined : `${meaning(value)} (step ${name})${which}${where}`;
    return [{ ...check, blame: 'kernel', reason }];
  });
}

/** A test that skipped itself has shown nothing, which is no pass. */
function skipCheck(step: StepEvidence): Check[] {
  const { name } = step;
  const why = skippedBecause(step);
  if (why === undefined) return [];
  const reason = `step ${name} skipped itself: ${why}`;
  return [
    {
      name: `${name}: tests something`,
      ok: false,
      want: 'a test that runs',
      got: why,
      blame: 'scenario',
      skips: true,
      reason,
    },
  ];
}
