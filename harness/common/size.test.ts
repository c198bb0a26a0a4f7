import fc from 'fast-check';
import t from 'tap';
import { formatDuration, formatSize, parseSize } from './size.js';

t.test('sizes are written as QEMU and fio take them', async (t) => {
  const sizes = {
    '4096': 4096,
    '4k': 4096,
    '32M': 2 ** 25,
    '1G': 2 ** 30,
    '8 MiB': 2 ** 23,
    '2kb': 2048,
    '0': 0,
  };
  for (const [text, bytes] of Object.entries(sizes)) t.equal(parseSize(text), bytes, text);
});

t.test('what is no size is undefined', async (t) => {
  for (const text of ['', 'k', '1.5k', '-1', '4x', '0x10', '9007199254740993', '9999999G'])
    t.equal(parseSize(text), undefined, text);
});

t.test('the largest unit that fits exactly', async (t) => {
  t.same([1500, 4096, 6144, 2 ** 25, 2 ** 30, 0].map(formatSize), ['1500', '4k', '6k', '32M', '1G', '0']);
});

t.test('every size is read back as it was', async () => {
  const bytes = fc.oneof(
    fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    fc.tuple(fc.nat(1000), fc.nat(33)).map(([n, shift]) => n * 2 ** shift),
  );
  fc.assert(fc.property(bytes, (n) => parseSize(formatSize(n)) === n));
});

t.test('durations are for people', async (t) => {
  t.same([0.4, 850, 3210, 59_940, 59_960, 455_000, 3_600_000].map(formatDuration), [
    ...['0 ms', '850 ms', '3.2 s', '59.9 s', '1 min 0 s', '7 min 35 s', '60 min 0 s'],
  ]);
  t.equal(formatDuration(999.6), '1.0 s');
});
