import fc from 'fast-check';
import t from 'tap';
import { cellOf, isSettled, triesNeeded, type Try } from './tries.js';

const outcomes = { p: 'pass', f: 'fail', s: 'skip', b: 'broken' } as const;
const tries = (letters: string): Try[] =>
  [...letters].map((letter, n) => {
    const outcome = outcomes[letter as keyof typeof outcomes];
    return { outcome, reasons: [`${outcome} ${n + 1}`], booted: true, seconds: 2, folder: `run-${n + 1}` };
  });

t.test('a pass or a skip is enough at once; a failure is tried again', async (t) => {
  t.same(
    ['p', 's', 'f', 'b'].map((letters) => isSettled(tries(letters), 4)),
    [true, true, false, false],
  );
});

t.test('what fails three times in a row fails; what also passes is counted to the end', async (t) => {
  t.same(
    ['ff', 'fff', 'fp', 'fppp', 'fpppp'].map((letters) => isSettled(tries(letters), 4)),
    [false, true, false, false, true],
  );
});

t.test('broken runs are tried again, and end', async (t) => {
  t.same(
    ['bp', 'bf', 'bbbb', 'bbbbb'].map((letters) => isSettled(tries(letters), 4)),
    [true, false, false, true],
  );
  t.ok(isSettled(tries('f'), 0), 'without retries the first is the last');
});

t.test('one failure of five is not a failure', async (t) => {
  t.same(cellOf(tries('pfppp')), {
    outcome: 'flaky',
    reasons: ['fail 2'],
    tries: { failed: 1, of: 5, broken: 0 },
    folder: 'run-2',
    seconds: 10,
  });
  t.match(cellOf(tries('fff')), { outcome: 'fail', tries: { failed: 3, of: 3 } });
  t.same(cellOf(tries('p')), { outcome: 'pass', reasons: ['pass 1'], folder: 'run-1', seconds: 2 });
});

t.test('a broken run is no pass and no failure', async (t) => {
  t.match(cellOf(tries('bbb')), { outcome: 'broken', tries: { failed: 0, of: 0, broken: 3 } });
  t.match(cellOf(tries('bf')), { outcome: 'fail', tries: { failed: 1, of: 1, broken: 1 } });
  t.match(cellOf(tries('bp')), { outcome: 'pass', tries: { failed: 0, of: 1, broken: 1 } });
});

t.test('as many more as are surely needed: fewer never settle it', async (t) => {
  t.same(
    ['p', 's', '', 'b', 'f', 'ff', 'fb', 'fff', 'fp', 'fpp', 'bbbb', 'fbbb'].map((l) =>
      triesNeeded(tries(l), 4),
    ),
    [0, 0, 1, 1, 2, 1, 2, 0, 3, 2, 1, 1],
  );
  const letter = fc.constantFrom('p', 'f', 's', 'b');
  const words = (maxLength: number) => fc.string({ unit: letter, maxLength });
  await fc.assert(
    fc.asyncProperty(words(5), words(5), async (before, after) => {
      const fewer = after.slice(0, Math.max(0, triesNeeded(tries(before), 4) - 1));
      if (!isSettled(tries(before), 4)) t.notOk(isSettled(tries(before + fewer), 4));
    }),
    { numRuns: 200 },
  );
});
