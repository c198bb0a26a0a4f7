import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { fakeKinds } from './fake-kinds.test.support.js';
import { problemsIn } from './problems-of.test.support.js';
import { readScenario } from './read-scenario.js';

const folder = path.join(packageRoot, 'scenarios');
const files = ['copy/nvme-copy-p2p.yaml', 'nvmeof/nvmeof-rdma-p2p.yaml', 'allocation/p2pmem-allocate.yaml'];
const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8'));

for (const [index, file] of files.entries())
  t.test(`${file} is read`, async (t) =>
    t.ok(readScenario(file, texts[index]!, fakeKinds).variants.length > 0),
  );

type Mutation = (text: string) => string;
const pick = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const onLines = (change: (lines: string[], index: number) => void, at: number): Mutation => {
  return (text) => {
    const lines = text.split('\n');
    change(lines, Math.floor(at * lines.length));
    return lines.join('\n');
  };
};

const scalar = fc.oneof(
  fc.constantFrom(
    '',
    '~',
    '-1',
    '1e400',
    '0x10',
    '[]',
    '{}',
    '{a: 1}',
    '*x',
    '&x y',
    '!!binary a',
    '|',
    '---',
    '${',
  ),
  fc.constantFrom(
    '${provider}',
    '${nope}',
    'none',
    'ram',
    'nvme0',
    '64M',
    '33M',
    'a: b',
    '__proto__',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  pick.map((at) => onLines((lines, i) => lines.splice(i, 1), at)),
  pick.map((at) => onLines((lines, i) => lines.splice(i, 0, lines[i]!), at)),
  fc.tuple(pick, pick).map(([at, from]) =>
    onLines((lines, i) => {
      lines[i] = lines[Math.floor(from * lines.length)]!;
    }, at),
  ),
  fc.tuple(pick, scalar).map(([at, to]): Mutation => {
    return (text) => {
      const words = [...text.matchAll(/[\w%$.-]+/g)];
      const word = words[Math.floor(at * words.length)];
      return word ? text.slice(0, word.index) + to + text.slice(word.index + word[0].length) : text;
    };
  }),
  fc.tuple(pick, fc.string({ unit: 'binary', minLength: 1, maxLength: 3 })).map(([at, insert]): Mutation => {
    return (text) => text.slice(0, at * text.length) + insert + text.slice(at * text.length);
  }),
  fc
    .tuple(
      pick,
      fc.constantFrom('\0', '\t', '\r', '\u2028', '\ufeff', '\x85', '\x1b', '\ud800', '#', ':', '- '),
    )
    .map(
      ([at, insert]): Mutation =>
        (text) =>
          text.slice(0, at * text.length) + insert + text.slice(at * text.length),
    ),
  pick.map(
    (at): Mutation =>
      (text) =>
        text.slice(0, at * text.length),
  ),
);

t.test('a malformed file gives lines with positions, and nothing else', async (t) => {
  let refused = 0;
  const property = fc.property(
    fc.constantFrom(...texts),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
    (text, mutations) => {
      const problems = problemsIn(mutations.reduce((changed, mutate) => mutate(changed), text));
      if (problems.length > 0) refused++;
      return problems.every((line) => /^[^:]+:\d+:\d+: /.test(line) && !/undefined|\[object/.test(line));
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
  t.ok(refused > 1000, `${refused} of 2000 were refused`);
});
