import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { cellsOf, checkVariables, substitute } from './variants.js';

t.test('variants are the product in file order', async (t) => {
  t.same(cellsOf({ a: ['1', '2'], b: ['x', 'y'] }), [
    { a: '1', b: 'x' },
    { a: '1', b: 'y' },
    { a: '2', b: 'x' },
    { a: '2', b: 'y' },
  ]);
});

t.test('without a matrix there is one variant', async (t) => {
  t.same(cellsOf({}), [{}]);
});

t.test('variables are put into strings, not into keys', async (t) => {
  const value = { '${a}': ['x-${a}-${b}', 3, null] };
  t.same(substitute(value, { a: '1', b: '2' }), { '${a}': ['x-1-2', 3, null] });
});

t.test('a value that looks like a variable is not put in again', async (t) => {
  t.equal(substitute('${a}', { a: '${b}', b: '1' }), '${b}');
});

t.test('what Object has is no variable', async (t) => {
  t.equal(substitute('${constructor}', {}), '${constructor}');
});

t.test('an unknown variable is complained of with the nearest known one', async (t) => {
  const found: unknown[] = [];
  checkVariables({ steps: ['${provder}', '${size'] }, ['provider', 'size'], (...complaint) =>
    found.push(complaint),
  );
  t.same(found, [
    [['steps', 0], 'unknown variable "${provder}", did you mean "provider"?'],
    [['steps', 1], 'want a variable like ${name}, found "${" without "}"'],
  ]);
});

t.test('substitution keeps the structure', async (t) => {
  const shape = (value: unknown): unknown => {
    if (typeof value === 'string') return 'text';
    if (Array.isArray(value)) return value.map(shape);
    if (typeof value !== 'object' || value === null) return value;
    return Object.entries(value).map(([key, entry]) => [key, shape(entry)]);
  };
  const text = fc.oneof(fc.string(), fc.constantFrom('${a}', 'x${b}y', '${', '${c}'));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom(1, true, null),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('value')),
    ),
  }));
  const property = fc.property(value, text, (value, a) =>
    isDeepStrictEqual(shape(substitute(value, { a, b: '2' })), shape(value)),
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});
