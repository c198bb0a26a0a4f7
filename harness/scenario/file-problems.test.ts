import t from 'tap';
import { good, problemsIn, problemsOf } from './problems-of.test.support.js';

const cases: { when: string; from: string; to: string; want: string[] }[] = [
  {
    when: 'a key is given twice',
    from: 'tags: [copy]',
    to: 'name: again',
    want: ['a.yaml:3:1: want each key once, found name again'],
  },
  {
    when: 'the YAML is bad',
    from: 'tags: [copy]',
    to: 'tags: [copy',
    want: [
      'a.yaml:4:1: bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    when: 'there is another document',
    from: 'steps:',
    to: '---\nsteps:',
    want: ['a.yaml:17:1: want one YAML document, found another one'],
  },
  {
    when: 'an alias has no anchor',
    from: 'tags: [copy]',
    to: 'tags: *none',
    want: ['a.yaml:3:7: want an anchor &none before its use, found none'],
  },
  {
    when: 'an anchor is inside itself',
    from: 'tags: [copy]',
    to: 'tags: &a [*a]',
    want: ['a.yaml:3:11: want no anchor inside itself, found *a'],
  },
  {
    when: 'a tag is not of YAML 1.2',
    from: 'tags: [copy]',
    to: 'tags: !mine [copy]',
    want: ['a.yaml:3:7: bad YAML: Unresolved tag: !mine'],
  },
  {
    when: 'a tag has wrong characters',
    from: '[copy]',
    to: '[copy, Big]',
    want: [
      'a.yaml:3:14: tags[1]: want a tag of lower-case letters, digits and dashes, other than and, or, not, found "Big"',
    ],
  },
  {
    when: 'a tag is a word of tag expressions',
    from: '[copy]',
    to: 'not',
    want: [
      'a.yaml:3:7: tags: want a tag of lower-case letters, digits and dashes, other than and, or, not, found "not"',
    ],
  },
  {
    when: 'the name is missing',
    from: 'name: sample\n',
    to: '',
    want: ['a.yaml:1:1: name: want a scenario name of lower-case letters, digits and dashes, found nothing'],
  },
  {
    when: 'a matrix value is there twice',
    from: '[nvme0, shm0]',
    to: '[shm0, shm0]',
    want: ['a.yaml:5:13: matrix.provider: want each value once, found a list of 2'],
  },
  {
    when: 'a variable is in the matrix and in the params',
    from: 'size: 8M',
    to: 'provider: 8M',
    want: [
      'a.yaml:7:3: want each variable once, found "provider" in matrix and in params',
      'a.yaml:19:57: unknown variable "${size}", want provider',
    ],
  },
  {
    when: 'a param holds a variable',
    from: 'size: 8M',
    to: "size: '${provider}'",
    want: ['a.yaml:7:9: params.size: want text or a number, without variables, found "${provider}"'],
  },
  {
    when: 'a variable has a name that cannot be one',
    from: '  provider:',
    to: '  Provider:',
    want: ['a.yaml:5:3: matrix: want a variable name like provider, found "Provider"'],
  },
  {
    when: 'the matrix is too large',
    from: '[nvme0, shm0]',
    to: `[${Array.from({ length: 201 }, (_, n) => n).join(', ')}]`,
    want: ['a.yaml:4:1: matrix: want at most 200 variants, found 201'],
  },
  {
    when: 'only has a key that the matrix has not',
    from: 'only: { provider: shm0 }',
    to: 'only: { provide: shm0 }',
    want: ['a.yaml:21:13: unknown matrix key "provide", did you mean "provider"?'],
  },
  {
    when: 'only has a value that the matrix does not list',
    from: 'only: { provider: shm0 }',
    to: 'only: { provider: [shm0, shm1] }',
    want: ['a.yaml:21:23: steps[1].only.provider: want nvme0 or shm0, found "shm1"'],
  },
];

for (const { when, from, to, want } of cases) t.test(when, async (t) => t.same(problemsOf(from, to), want));

t.test('an empty file', async (t) => {
  const want = ['a.yaml:1:1: want a map with the keys name, title, machines and steps, found nothing'];
  t.same(problemsIn(''), want);
  t.same(problemsIn('# nothing\n'), want);
});

t.test('a file that is no map', async (t) => {
  t.same(problemsIn('- name: x\n'), [
    'a.yaml:1:1: want a map with the keys name, title, machines and steps, found a list of 1',
  ]);
});

t.test('nesting that no scenario needs', async (t) => {
  const want = ['want at most 32 levels of nesting'];
  for (const depth of [100, 30_000])
    t.same(
      problemsIn('name: ' + '['.repeat(depth) + ']'.repeat(depth)).map((line) => line.replace(/^[^ ]+ /, '')),
      want,
    );
});

t.test('anchors that multiply', async (t) => {
  const bomb = [
    'a0: &a0 [x]',
    ...[1, 2, 3, 4].map(
      (n) =>
        `a${n}: &a${n} [${Array(9)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
    ),
  ];
  t.same(problemsIn(bomb.join('\n')), ['a.yaml:1:1: want at most 50 uses of anchors']);
});

t.test('the position is that of the file with CRLF too', async (t) => {
  t.same(problemsIn(good.replace('[copy]', '[C]').replaceAll('\n', '\r\n')), [
    'a.yaml:3:8: tags[0]: want a tag of lower-case letters, digits and dashes, other than and, or, not, found "C"',
  ]);
});

t.test('a file that is longer than any scenario', async (t) => {
  t.strictSame(problemsIn(`# ${'x'.repeat(2 ** 16)}\n${good}`), [
    `a.yaml:1:1: want a file of at most 65536 characters, found ${2 ** 16 + 3 + good.length}`,
  ]);
});

t.test('more problems than anybody corrects at a time', async (t) => {
  const lines = problemsIn(`${good}${'  - { nonsense: 1 }\n'.repeat(150)}`);
  t.equal(lines.length, 101);
  t.match(lines[0], /^a\.yaml:25:5: /);
  t.equal(lines.at(-1), 'a.yaml:125:5: this and 49 more problems are not shown');
});

t.test('more steps than any scenario has', async (t) => {
  const steps = 'steps:\n' + '  - p2pmem-map: { provider: shm0, pages: 8 }\n'.repeat(299);
  t.match(
    problemsOf('steps:\n', steps)[0],
    'a.yaml:18:3: steps: want at most 300 steps, found a list of 301',
  );
});
