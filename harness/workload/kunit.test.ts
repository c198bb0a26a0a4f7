import t from 'tap';
import { kunit } from './kunit.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const suite = { suite: 'p2pmem' };
const samples = (ktap: string) =>
  Object.fromEntries(samplesOf(kunit, suite, ktap).map(({ name, value }) => [name, value]));
const results = (plan: number, lines: string, outcome = 'ok') => `KTAP version 1
1..1
    KTAP version 1
    # Subtest: p2pmem
    1..${plan}
${lines}
${outcome} 1 p2pmem
`;

t.test('the suite is run, then its results are read', async (t) => {
  t.strictSame(scriptsOf(kunit, suite), [
    `cd /sys/kernel/debug/kunit/p2pmem 2>/dev/null || { echo "this kernel has no KUnit suite p2pmem" >&2; exit 1; }
echo run >run
cat results`,
  ]);
});

t.test('tests are counted, parameters among them', async (t) => {
  const lines = `    ok 1 a
        KTAP version 1
        # Subtest: b
        ok 1 x
        not ok 2 y
    not ok 2 b
    ok 3 c # SKIP no device`;
  t.strictSame(samples(results(4, lines, 'not ok')), {
    planned: 4,
    missingTests: 1,
    passed: 2,
    skipped: 1,
    failedTests: 1,
    failedNames: 'b/y',
  });
});

t.test('a test that fails after its last parameter has passed is a failure', async (t) => {
  const lines = '        # Subtest: b\n        ok 1 x\n    not ok 1 b\n    not ok 2 c';
  t.match(samples(results(2, lines, 'not ok')), { failedTests: 2, failedNames: 'c, b' });
});

t.test('a suite in which nothing failed says so', async (t) => {
  t.match(samples(results(1, '    ok 1 a')), { failedTests: 0, failedNames: 'none', missingTests: 0 });
});

t.test('results without the suite cannot be read', async (t) => {
  t.throws(() => samples(''), new Error('there is no KTAP in it'));
  t.throws(
    () => samples('KTAP version 1\n1..1\nok 1 other\n'),
    new Error('there is no plan of suite p2pmem'),
  );
});
