import type { ValueExpectation } from '../scenario/scenario.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { zeroSamples } from '../verdict/check-steps.js';
import type { AnyStepKind, CommandOutput } from '../workload/step-kind.js';

/** Where a shell finds a sample: in the output of the step's nth command, by a script for `sed -n`. */
export type ShellValue = { of: string; is: string; command: number; stream: 'out' | 'err'; sed: string };

/** What the scenario expects, and what must be 0 in every step. */
export function wantedValues({ scenario, steps }: Pick<Evidence, 'scenario' | 'steps'>): ValueExpectation[] {
  const zeros = steps.flatMap(({ name: step, samples }) =>
    samples.flatMap(({ name }): ValueExpectation[] =>
      zeroSamples.includes(name) ? [{ type: 'value', of: `${step}.${name}`, is: 0 }] : [],
    ),
  );
  const expected = scenario.expect.filter((e) => e.type === 'value');
  const named = new Set(expected.map(({ of }) => of));
  return [...expected, ...zeros.filter(({ of }) => !named.has(of))];
}

/** How programs of the guest write a figure: a line of its own, JSON, or words in a line. */
const forms: { js: (name: string) => RegExp; sed: (name: string) => string }[] = [
  { js: (n) => new RegExp(`^${n} (.*)$`, 'm'), sed: (n) => `s/^${n} //p` },
  { js: (n) => new RegExp(`^${n}=(.*)$`, 'm'), sed: (n) => `s/^${n}=//p` },
  { js: (n) => new RegExp(`^${n}: (.*)$`, 'm'), sed: (n) => `s/^${n}: //p` },
  {
    js: (n) => new RegExp(`"${n}": ?"?([^",}]*)`),
    sed: (n) => `s/.*"${n}": \\{0,1\\}"\\{0,1\\}\\([^",}]*\\).*/\\1/p`,
  },
  {
    js: (n) => new RegExp(`(?:^|[ ,])${n}[ =]([^ ,\\n]+)`, 'm'),
    sed: (n) => `s/^\\(.*[ ,]\\)\\{0,1\\}${n}[ =]\\([^ ,]*\\).*/\\2/p`,
  },
];

/**
 * How a shell can read an expected sample out of the step's output, or undefined. A kind of step reads its output by
 * code of its own, so a form counts only if it is proved on the output at hand: with another figure in that place, the
 * kind reads that other figure.
 */
export function shellValue(
  { of, is }: ValueExpectation,
  step: StepEvidence,
  kind: AnyStepKind,
  params: never,
  outputs: readonly CommandOutput[],
): ShellValue | undefined {
  const sample = step.samples.find(({ name }) => of === `${step.name}.${name}`);
  if (!sample) return undefined;
  const names = [...new Set([sample.name, sample.name.split('.').at(-1)!])].filter((n) =>
    /^[\w.=-]+$/.test(n),
  );
  const recorded = String(sample.value);
  for (const [command, output] of outputs.entries()) {
    for (const name of names) {
      const quoted = name.replaceAll('.', '\\.');
      for (const { js, sed } of forms) {
        const match = js(quoted).exec(output.stdout);
        if (!match || match[1] !== recorded) continue;
        const other = /^-?\d+$/.test(recorded) ? String(Number(recorded) + 1) : `${recorded}x`;
        const at = match.index + match[0].length - recorded.length;
        const stdout = output.stdout.slice(0, at) + other + output.stdout.slice(at + recorded.length);
        const changed = outputs.map((o, n) => (n === command ? { ...o, stdout } : o));
        if (reads(kind, params, changed, sample.name) === other)
          return { of, is: String(is), command, stream: 'out', sed: sed(quoted) };
      }
    }
  }
  return undefined;
}

function reads(kind: AnyStepKind, params: never, outputs: CommandOutput[], name: string): string | undefined {
  try {
    return String(kind.samples(params, outputs).find((sample) => sample.name === name)?.value);
  } catch {
    return undefined;
  }
}
