import fc from 'fast-check';
import t from 'tap';
import { inertLine, inertLines } from './inert-text.js';

t.test('control characters and what turns text are shown, all else is as it was', async (t) => {
  t.equal(inertLine('a\x1b[31mb\r\nc'), 'a\\x1b[31mb\\x0d\\x0ac');
  t.equal(inertLine('user\u202efdp.exe \u200b \ud800 \u2028'), 'user\\u202efdp.exe \\u200b \\ud800 \\u2028');
  t.equal(inertLine('nvme1 → shm0 µs 😀'), 'nvme1 → shm0 µs 😀');
});

t.test('lines stay lines, a tab is spaces', async (t) => {
  t.same(inertLines('a\tb\r\n\x07c\n'), ['a  b', '\\x07c', '']);
});

t.test('whatever the text is, one line comes out, and the same when it is done twice', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = inertLine(text);
      return !/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e]/u.test(line) && inertLine(line) === line;
    }),
  );
});
