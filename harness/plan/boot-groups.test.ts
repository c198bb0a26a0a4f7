import fc from 'fast-check';
import t from 'tap';
import { bootGroups } from './boot-groups.js';

const variant = (key: string | undefined, seconds = 1) => ({ key, seconds });
const keysOf = (groups: { key: string | undefined }[][]) =>
  groups.map((group) => group.map(({ key }) => key));

t.test('neighbours with the same key are one group, and order stays', async (t) => {
  const variants = ['a', 'a', 'b', 'a'].map((key) => variant(key));
  t.strictSame(keysOf(bootGroups(variants, 1)), [['a', 'a'], ['b'], ['a']]);
});

t.test('one without a key is alone', async (t) => {
  const variants = [undefined, undefined].map((key) => variant(key));
  t.equal(bootGroups(variants, 1).length, 2);
});

t.test('a group ends where another job would wait for it', async (t) => {
  const variants = [1, 2, 3].map(() => variant('a', 10));
  t.strictSame(
    bootGroups(variants, 3).map(({ length }) => length),
    [1, 1, 1],
  );
  t.strictSame(
    bootGroups([...variants, variant('b', 30)], 2).map(({ length }) => length),
    [3, 1],
  );
});

t.test('five with the same key are two groups', async (t) => {
  const variants = [1, 2, 3, 4, 5].map(() => variant('a'));
  t.strictSame(
    bootGroups(variants, 1).map(({ length }) => length),
    [4, 1],
  );
});

t.test('each variant is in one group, in order, whatever they are', async () => {
  const some = fc.record({
    key: fc.constantFrom('a', 'b', undefined),
    seconds: fc.float({ min: 0, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(some), fc.integer({ min: 1, max: 8 }), (variants, jobs) => {
      const flat = bootGroups(variants, jobs).flat();
      return flat.length === variants.length && flat.every((each, n) => each === variants[n]);
    }),
  );
});
