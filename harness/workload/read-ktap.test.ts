import t from 'tap';
import { leavesOf, readKtap } from './read-ktap.js';

const outcomes = (ktap: string) => readKtap(`KTAP version 1\n${ktap}`).map(({ outcome }) => outcome);

t.test('outcomes are pass, fail and skip', async (t) => {
  t.strictSame(outcomes('1..4\nok 1 a\nnot ok 2 b\nok 3 c # SKIP why\nok 4 - d # skip\n'), [
    'pass',
    'fail',
    'skip',
    'skip',
  ]);
});

t.test('a failure with a reason is a failure all the same', async (t) => {
  t.strictSame(outcomes('not ok 1 a # ERROR why\nnot ok 2 b # TIMEOUT\n'), ['fail', 'fail']);
});

t.test('results have the path of the suites around them', async (t) => {
  const text = `KTAP version 1
1..1
    KTAP version 1
    # Subtest: outer
    1..2
    ok 1 first
        KTAP version 1
        # Subtest: second
        ok 1 of two words
        ok 2 - dashed
    ok 2 second
ok 1 outer
`;
  const [outer] = readKtap(text);
  t.match(outer, { path: ['outer'], planned: 2 });
  t.strictSame(
    leavesOf([outer!]).map(({ path }) => path.join('/')),
    ['outer/first', 'outer/second/of two words', 'outer/second/dashed'],
  );
  t.equal(outer!.subtests[1]!.planned, undefined);
});

t.test('diagnostics are no results', async (t) => {
  const lines =
    '# a: pass:1 fail:0\n    # a: EXPECTATION FAILED at x.c:1\n    Expected 1 == 2, but\n 3 is ok 3\nok 1 a\n';
  t.strictSame(outcomes(lines), ['pass']);
});

t.test('results that end inside of a suite are an error', async (t) => {
  t.throws(
    () => readKtap('KTAP version 1\n1..1\n    # Subtest: s\n    1..2\n    ok 1 a\n'),
    new Error('the results end inside of a'),
  );
});

t.test('text without KTAP is an error', async (t) => {
  t.throws(() => readKtap('sh: no such file\n'), new Error('there is no KTAP in it'));
});
