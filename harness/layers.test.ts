import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from './common/paths.js';

/** The way of the data. A stage imports those before it and common/; the files at the top put them together to runs. */
const stages = [
  'scenario',
  'plan',
  'host',
  'kernel',
  'series',
  'image',
  'vm',
  'guest',
  'workload',
  'evidence',
  'verdict',
  'report',
  'coverage',
  'cost',
  'variant',
  'benchmark',
  'mutants',
  'bisect',
  'jobs',
  'pool',
  'slurm',
];
/** Upon runs: the first puts many of them together. Nothing but what is right of them knows them. */
const upon = ['labs', 'cli', 'bench', 'e2e'];
const pure = ['scenario', 'plan', 'verdict'];
const impure = /^(?:node:(?:fs|child_process|net|http|https|process)(?:\/.*)?|execa|ssh2)$/;
const commonLimit = 10;

const root = path.join(packageRoot, 'harness');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f));
const stageOf = (file: string) => file.split(path.sep)[0]!;

function imports(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|^import '([^']+)'/gm)].map(
    (m) => m[1] ?? m[2]!,
  );
}

/** Types vanish at run time; `import type` may still only point left. */
function leftOf(stage: string): string[] {
  return [...stages.slice(0, stages.indexOf(stage) + 1), 'common'];
}

for (const file of sources) {
  const stage = stageOf(file);
  const inside = imports(file).filter((i) => i.startsWith('.'));
  const targets = inside
    .map((i) => path.relative(root, path.resolve(root, path.dirname(file), i)))
    .map(stageOf);
  if (stage === 'common') {
    t.strictSame(
      targets.filter((s) => s !== 'common'),
      [],
      `${file} imports common/ only`,
    );
  } else if (stages.includes(stage)) {
    const wrong = targets.filter((target) => !leftOf(stage).includes(target) && target !== '..');
    t.strictSame(wrong, [], `${file} imports only what is left of ${stage}/`);
  } else {
    const right = upon.slice(upon.indexOf(stage) + 1); // all of them, for the files at the top
    t.strictSame(
      targets.filter((target) => right.includes(target)),
      [],
      `${file} knows nothing of who uses it`,
    );
  }
  if (pure.includes(stage) && !/\.test\./.test(file)) {
    t.strictSame(
      imports(file).filter((i) => impure.test(i)),
      [],
      `${file} is pure`,
    );
  }
}

t.test('common/ stays small', (t) => {
  const files = sources.filter((f) => stageOf(f) === 'common' && !f.includes('.test.'));
  t.ok(files.length < commonLimit, `${files.length} files`);
  t.end();
});

t.test('every folder of harness/ has its place in the order', (t) => {
  const folders = new Set(sources.filter((f) => f.includes(path.sep)).map(stageOf));
  t.strictSame(
    [...folders].filter((f) => ![...stages, 'common', ...upon].includes(f)),
    [],
  );
  t.end();
});
