import fc from 'fast-check';
import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { parseTagExpression } from './tag-expression.js';

t.test('a tag is meant when it is there', async (t) => {
  t.equal(parseTagExpression('smoke')(['copy', 'smoke']), true);
  t.equal(parseTagExpression('smoke')(['copy']), false);
});

t.test('not binds closer than and, and closer than or', async (t) => {
  const filter = parseTagExpression('a or not b and c');
  t.equal(filter(['a', 'b']), true);
  t.equal(filter(['c']), true);
  t.equal(filter(['b', 'c']), false);
});

t.test('a comma means or', async (t) => {
  const filter = parseTagExpression('copy,topology and negative');
  t.equal(filter(['copy']), true);
  t.equal(filter(['topology']), false);
});

t.test('a tag may begin with an operator', async (t) => {
  t.equal(parseTagExpression('not-yet or android')(['android']), true);
});

for (const [text, message] of [
  ['', 'want a tag, not or "(" at character 1, found the end'],
  ['nvmeof and', 'want a tag, not or "(" at character 11, found the end'],
  ['a or or b', 'want a tag, not or "(" at character 6, found "or"'],
  ['a b', 'want and, or, a comma or the end at character 3, found "b"'],
  ['(a or b', 'want and, or, a comma or ")" at character 8, found the end'],
  ['a)', 'want and, or, a comma or the end at character 2, found ")"'],
  ['a & b', 'want a tag of lower-case letters, digits and dashes at character 3, found "&"'],
] as const) {
  t.test(`refuses ${JSON.stringify(text)}`, async (t) => {
    const expected = { blame: 'scenario', message: `tag expression ${JSON.stringify(text)}: ${message}` };
    t.throws(() => parseTagExpression(text), expected);
  });
}

t.test('a text that is too long is refused before it is read', async (t) => {
  const message = 'tag expression too long: want at most 1000 characters, found 1001';
  t.throws(() => parseTagExpression('('.repeat(1001)), { message });
});

type Tree = string | { op: 'and' | 'or' | ','; parts: Tree[] } | { op: 'not'; part: Tree };
const tag = fc.constantFrom('a', 'b', 'c-1', 'nota');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    tag,
    fc.record({ op: fc.constant('not' as const), part: tie('tree') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const, ',' as const),
      parts: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

const print = (node: Tree): string => {
  if (typeof node === 'string') return node;
  if (node.op === 'not') return `not ${group(node.part)}`;
  return node.parts.map(group).join(node.op === ',' ? ',' : ` ${node.op} `);
};
const group = (node: Tree): string => (typeof node === 'string' ? node : `(${print(node)})`);

const evaluate = (node: Tree, tags: string[]): boolean => {
  if (typeof node === 'string') return tags.includes(node);
  if (node.op === 'not') return !evaluate(node.part, tags);
  return node.op === 'and'
    ? node.parts.every((n) => evaluate(n, tags))
    : node.parts.some((n) => evaluate(n, tags));
};

t.test('a printed tree is read as itself', async (t) => {
  const property = fc.property(
    tree.filter((node) => print(node).length <= 1000),
    fc.subarray(['a', 'b', 'c-1', 'nota']),
    (node, tags) => parseTagExpression(print(node))(tags) === evaluate(node, tags),
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
});

t.test('any text is an expression or a HarnessError', async (t) => {
  const words = fc.constantFrom('a', 'and', 'or', 'not', '(', ')', ',', ' ', '\n', '😀', '\u0000');
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((w) => w.join(' ')),
  );
  const property = fc.property(text, (text) => {
    try {
      parseTagExpression(text)([]);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
});
