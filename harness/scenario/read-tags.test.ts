import fc from 'fast-check';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { readTags } from './read-tags.js';

const file = (...lines: string[]) => ['name: copy', ...lines, 'machines: {}', ''].join('\n');

t.test('tags on a line of their own', async (t) => {
  t.same(readTags(file('tags: [copy, debug-kernel]')), ['copy', 'debug-kernel']);
  t.same(readTags(`# About it\n\n${file('tags: [ copy ]  # and no more')}`), ['copy']);
});

const others: Record<string, string> = {
  none: file(),
  'a list of lines': file('tags:', '  - copy'),
  'a list over two lines': file('tags: [copy,', '  smoke]'),
  'an empty list': file('tags: []'),
  quoted: file("tags: ['copy']"),
  'not text': file('tags: [true]'),
  'an alias': file('tags: [*copy]'),
  twice: file('tags: [copy]', 'tags: [smoke]'),
  'of something else': file('matrix:', '  tags: [copy]'),
  'in a map of braces': '{\nname: copy, matrix: {\ntags: [copy]\n} }',
  'in a text that is the whole file': '"name:\ntags: [copy]\n"',
};
for (const [what, text] of Object.entries(others))
  t.test(`${what}: to be parsed`, async (t) => t.equal(readTags(text), undefined));

t.test('whatever a file is, they are those of the parsed one', async (t) => {
  const word = fc.constantFrom(
    'tags',
    'copy',
    'name',
    'true',
    '1',
    'a b',
    'x: y',
    '\ntags: [smoke]\n',
    '- a',
    '#',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      word,
      fc.array(word),
      fc.dictionary(word, tie('value')),
    ) as fc.Arbitrary<unknown>,
  }));
  const root = fc.record({
    name: value,
    tags: fc.array(word) as fc.Arbitrary<unknown>,
    matrix: value,
    steps: value,
  });
  const style = fc.record({
    collectionStyle: fc.constantFrom('any', 'flow', 'block'),
    lineWidth: fc.constantFrom(0, 20, 80),
  });
  let quick = 0;
  fc.assert(
    fc.property(root, style, fc.boolean(), (document, { collectionStyle, lineWidth }, flowTags) => {
      const { tags, ...rest } = document;
      const inStyle = { collectionStyle: collectionStyle as 'any', lineWidth };
      const list = flowTags ? `tags: [${(tags as string[]).join(', ')}]\n` : stringify({ tags }, inStyle);
      const text =
        collectionStyle === 'flow' ? stringify(document, inStyle) : stringify(rest, inStyle) + list;
      const found = readTags(text);
      if (found === undefined) return;
      quick += 1;
      const parsed = (parse(text, { logLevel: 'silent' }) as typeof document).tags;
      if (JSON.stringify(found) !== JSON.stringify(parsed)) throw new Error(`${text}: ${found.join()}`);
    }),
    { numRuns: 3000 },
  );
  t.ok(quick > 100, `${quick} were read without parsing`);
});
