import t from 'tap';
import type { ZodType } from 'zod';
import {
  count,
  deviceId,
  flag,
  line,
  list,
  name,
  oneOf,
  powerOfTwoSize,
  share,
  size,
} from './schema-parts.js';

const read = <T>(schema: ZodType<T>, found: unknown): T | string => {
  const result = schema.safeParse(found);
  return result.success ? result.data : `want ${result.error.issues.map((i) => i.message).join(' and ')}`;
};

t.test('a size is read as bytes', async (t) => {
  t.equal(read(size(), '64M'), 64 * 2 ** 20);
  t.equal(read(size(), 4096), 4096);
});

t.test('a size says its limits', async (t) => {
  t.equal(read(size(), '64X'), 'want a size like 64M');
  t.equal(read(size({ min: 4096 }), '1k'), 'want a size like 64M of at least 4k');
  t.equal(
    read(size({ min: 512, max: 2 ** 20, multipleOf: 512 }), '2M'),
    'want a size like 64M from 512 to 1M, a multiple of 512',
  );
});

t.test('a power of two is none of its neighbours', async (t) => {
  const bar = powerOfTwoSize({ min: 2 ** 20, max: 2 ** 32, orZero: true });
  t.equal(read(bar, '32M'), 2 ** 25);
  t.equal(read(bar, 0), 0);
  t.equal(read(bar, '33M'), 'want a power of two from 1M to 4G, or 0 for none');
});

t.test('a count that came from a variable is still a number', async (t) => {
  t.equal(read(count(), '37'), 37);
  t.equal(read(count({ min: 1, max: 8 }), 9), 'want a whole number from 1 to 8');
  t.equal(read(count(), 1.5), 'want a whole number');
  t.equal(read(count(), '-1'), 'want a whole number');
});

t.test('a share is 0 to 1 however it is written', async (t) => {
  t.equal(read(share(), '99%'), 0.99);
  t.equal(read(share(), 0.5), 0.5);
  t.equal(read(share(), '101%'), 'want a share like 99% or 0.99');
  t.equal(read(share(), 2), 'want a share like 99% or 0.99');
});

t.test('a flag takes booleans and their words only', async (t) => {
  t.equal(read(flag(), 'false'), false);
  t.equal(read(flag(), true), true);
  t.equal(read(flag(), { toString: 'x' }), 'want true or false');
});

t.test('a line has no control characters', async (t) => {
  t.equal(read(line(), 'two words'), 'two words');
  t.equal(read(line(), 'a\u0007b'), 'want a line of text');
  t.equal(read(line(), '  '), 'want a line of text');
});

t.test('ids are short, names less so', async (t) => {
  t.equal(read(deviceId(), 'nvme0'), 'nvme0');
  t.equal(
    read(deviceId(), 'a'.repeat(21)),
    'want a device id of at most 20 lower-case letters, digits and dashes',
  );
  t.equal(
    read(name('a network name'), 'Net'),
    'want a network name of lower-case letters, digits and dashes',
  );
});

t.test('one of some words', async (t) => {
  t.equal(read(oneOf(['rdma', 'tcp']), 'tcp'), 'tcp');
  t.equal(read(oneOf(['rdma', 'tcp', 'loop']), 'fc'), 'want rdma, tcp or loop');
});

t.test('a single value is a list of one', async (t) => {
  t.same(read(list(count()), 3), [3]);
  t.same(read(list(count()), [3, 4]), [3, 4]);
  t.equal(read(list(count()), []), 'want at least one entry');
});
