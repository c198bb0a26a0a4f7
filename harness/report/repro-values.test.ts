import t from 'tap';
import type { StepEvidence } from '../evidence/evidence.js';
import type { AnyStepKind, CommandOutput, Sample } from '../workload/step-kind.js';
import { shellValue } from './repro-values.js';

/** A step that printed something, and how its kind reads it. */
function ask(stdout: string, samples: (text: string) => Sample[], is: string | number = 1) {
  const output = { label: 'x', exitCode: 0, stdout, stderr: '' };
  const kind = { samples: (_: never, [o]: CommandOutput[]) => samples(o!.stdout) } as unknown as AnyStepKind;
  const step = { name: 'ask', samples: samples(stdout) } as StepEvidence;
  return shellValue({ type: 'value', of: 'ask.holes', is }, step, kind, {} as never, [output]);
}

const one = (pattern: RegExp) => (text: string) => [
  { name: 'holes', value: Number(pattern.exec(text)?.[1]) },
];

t.test('a figure in JSON', async (t) => {
  t.match(
    ask('{"rounds":3,"holes":12}', (text) => [{ name: 'holes', value: JSON.parse(text).holes }], 12),
    {
      ...{ of: 'ask.holes', is: '12', command: 0, stream: 'out' },
      sed: 's/.*"holes": \\{0,1\\}"\\{0,1\\}\\([^",}]*\\).*/\\1/p',
    },
  );
});

t.test('a figure on a line of its own, and among words', async (t) => {
  t.match(ask('holes 7\n', one(/^holes (\d+)$/m)), { sed: 's/^holes //p' });
  t.match(ask('pages 3 holes 7 larger 1\n', one(/holes (\d+)/)), {
    sed: 's/^\\(.*[ ,]\\)\\{0,1\\}holes[ =]\\([^ ,]*\\).*/\\2/p',
  });
});

t.test('a figure that only looks like the sample is not taken for it', async (t) => {
  const counted = (text: string) => [{ name: 'holes', value: text.split('\n').length - 1 }];
  t.equal(ask('holes 1\n', counted), undefined);
});

t.test('a sample that the step did not record', async (t) => {
  t.equal(
    ask('holes 1\n', () => []),
    undefined,
  );
});
