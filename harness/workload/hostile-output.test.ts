import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { readScenario } from '../scenario/read-scenario.js';
import type { Step } from '../scenario/scenario.js';
import { ownTest } from './own-test.js';
import { readSamples } from './read-samples.js';
import { rig } from './sample.test.support.js';
import type { AnyStepKind, CommandOutput } from './step-kind.js';
import { kindOf, stepKinds } from './step-kinds.js';

/** One step of each kind, as the library has it. */
function stepsOfLibrary(): Map<string, Step> {
  const dir = path.join(packageRoot, 'scenarios');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.yaml'));
  const steps = files.flatMap((file) => {
    const { variants } = readScenario(file, readFileSync(path.join(dir, file), 'utf8'), stepKinds);
    return variants.flatMap((variant) => variant.steps);
  });
  return new Map(steps.map((step) => [step.kind, step]));
}
const steps = [...stepsOfLibrary().values()];

function read(step: Step, text: string) {
  const kind: AnyStepKind = kindOf(step);
  const commands = kind.commands(step.params as never, rig);
  const outputs: CommandOutput[] = commands.map(({ label }) => ({
    label,
    exitCode: 0,
    stdout: text,
    stderr: text,
  }));
  return readSamples(kind, step.params as never, outputs);
}

/** Why a reading cannot go into run.json and reports; undefined when it can. */
function unfit({ samples, unreadable = '' }: ReturnType<typeof read>): string | undefined {
  if (unreadable.length > 300) return `the reason has ${unreadable.length} characters`;
  if (samples.length > 10_000) return `${samples.length} samples`;
  const bad = samples.find(({ name, value, better }) =>
    typeof value === 'number' ? !Number.isFinite(value) : value.length > 4_001 || better || name.length > 201,
  );
  return bad && `${bad.name.slice(0, 50)} is ${String(bad.value).slice(0, 50)}`;
}

/** What fio and the programs of the image print, in the wrong shape. */
const json = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom('null', '1', '"x"', '[]', '[null]', '{}', '{"a":1e999}', '{"__proto__":{"jobs":[]}}'),
  fc.constantFrom('{"jobs":null}', '{"jobs":{}}', '{"jobs":"x"}', '{"jobs":[null]}', '{"jobs":[{}]}'),
  fc
    .record({
      jobname: fc.constantFrom('bs=4k', 'bs=256k'),
      read: fc.jsonValue(),
      write: fc.jsonValue(),
      error: fc.jsonValue(),
    })
    .map((job) => JSON.stringify({ jobs: [job] })),
);
const line = fc.oneof(
  fc.constantFrom(
    'ok 1 - x',
    'not ok 1',
    '1..9',
    'KTAP version 1',
    'ios 5',
    'events 9',
    'error none',
    'p2plab: exit 0',
  ),
  fc
    .tuple(fc.constantFrom('bytes', 'pages', 'ns', 'device', 'available'), fc.integer())
    .map(([w, n]) => `${w} ${n}`),
  fc.constantFrom('9', '-1', '1e400', '0x').map((n) => `bytes ${n.repeat(400)}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const output = fc.oneof(
  json,
  fc.array(line, { maxLength: 8 }).map((lines) => `${lines.join('\n')}\n`),
);

t.test('whatever a guest prints is a finite number, a short word, or told as unreadable', async (t) => {
  t.ok(steps.length > 50, `${steps.length} kinds`);
  fc.assert(
    fc.property(fc.constantFrom(...steps), output, (step, text) => {
      const why = unfit(read(step, text));
      if (why !== undefined) throw new Error(`${step.kind}: ${why}`);
    }),
    { numRuns: 2_000 },
  );
});

t.test('a quarter of a megabyte of anything end in the same way', async (t) => {
  const bytes = 2 ** 18;
  for (const part of [
    'a',
    '\n',
    ' ',
    '9',
    '[',
    '{"a":',
    'ok 1 - x\n',
    'not ok 1 - x\n',
    'x 999999999999999\n',
    '# ',
    '0x',
  ])
    for (const step of steps) {
      const why = unfit(read(step, part.repeat(bytes / part.length)));
      if (why !== undefined) t.fail(`${step.kind}, ${JSON.stringify(part)}: ${why}`);
    }
});

t.test('JSON of another shape is told in words', async (t) => {
  const fio = steps.find(({ kind }) => kind === 'fio')!;
  t.strictSame(read(fio, '{"jobs":{}}'), {
    samples: [],
    unreadable: 'it is not of the form that its program prints (report.jobs?.find is not a function)',
  });
  const map = steps.find(({ kind }) => kind === 'p2pmem-map')!;
  t.strictSame(read(map, '{"error":"none"}'), { samples: [], unreadable: 'it has no badBytes' });
});

t.test('long words are cut, and too many figures are not taken', async (t) => {
  const stdout = `TAP version 13\n1..1\nnot ok 1 - ${'x'.repeat(100_000)}\n`;
  const params = { files: 'a', run: 'b', reads: 'tap' } as never;
  const { samples } = readSamples(ownTest as AnyStepKind, params, [
    { label: 'test', exitCode: 0, stdout, stderr: 'p2plab: exit 0\n' },
  ]);
  t.equal(samples.find(({ name }) => name === 'failedNames')?.value, `${'x'.repeat(4_000)}…`);
  const pages = steps.find(({ kind }) => kind === 'p2pmem-pages')!;
  const figures = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`a${n}`, n]));
  t.strictSame(read(pages, JSON.stringify(figures)), { samples: [], unreadable: 'it has 10001 figures' });
});
