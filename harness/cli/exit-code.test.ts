import t from 'tap';
import type { Result } from '../report/run-document.js';
import { exitCodeOfBlame, exitCodeOfResults } from './exit-code.js';

const of = (...outcomes: Result['outcome'][]) => exitCodeOfResults(outcomes.map((outcome) => ({ outcome })));

t.test('all passed, skipped ones do not matter', async (t) => {
  t.equal(of('pass', 'pass'), 0);
  t.equal(of('skip', 'pass'), 0);
});

t.test('a failure outranks passes, a broken one outranks both', async (t) => {
  t.equal(of('pass', 'fail', 'skip'), 1);
  t.equal(of('fail', 'broken', 'pass'), 3);
});

t.test('nothing but skips, or nothing at all, is no pass', async (t) => {
  t.equal(of('skip', 'skip'), 4);
  t.equal(of(), 4);
});

t.test('an error that ends everything exits by whose problem it is', async (t) => {
  const blames = ['scenario', 'kernel', 'host', 'harness'] as const;
  t.same(blames.map(exitCodeOfBlame), [2, 1, 3, 3]);
});
