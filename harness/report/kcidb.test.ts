import fc from 'fast-check';
import t from 'tap';
import { hostileResult } from './hostile.test.support.js';
import { kcidbSchema, maxExcerpt } from './kcidb-schema.js';
import { loaded, recorded, render } from './recorded.test.support.js';
import { result } from './sample.test.support.js';

t.test('checkout, build and tests refer to each other, by the origin that was given', async (t) => {
  const report = kcidbSchema.parse(
    JSON.parse(await render('kcidb', await recorded('mutant'), { origin: 'my_ci' })),
  );
  t.same(report.version, { major: 5, minor: 3 });
  t.same(
    report.builds?.map(({ checkout_id }) => checkout_id),
    report.checkouts?.map(({ id }) => id),
  );
  t.same([...new Set(report.tests?.map(({ build_id }) => build_id))], [report.builds?.[0]?.id]);
  t.ok(report.tests?.every(({ id, origin }) => id.startsWith('my_ci:') && origin === 'my_ci'));
  t.equal(new Set(report.tests?.map(({ id }) => id)).size, report.tests?.length);
});

t.test('trouble of the host says nothing about test and kernel', async (t) => {
  const outcomes = ['pass', 'fail', 'skip', 'broken'] as const;
  const { tests } = JSON.parse(await render('kcidb', loaded(outcomes.map((outcome) => result({ outcome })))));
  t.same(
    tests.map(({ status }: { status: string }) => status),
    ['PASS', 'FAIL', 'SKIP', 'MISS'],
  );
});

t.test('a figure is a test of its own, with a number', async (t) => {
  const metrics = [{ name: 'write.bs=4k.throughput', value: 4.5, unit: 'MB/s', better: 'higher' as const }];
  const { tests } = JSON.parse(await render('kcidb', loaded([result({ metrics })])));
  t.match(tests[1], {
    path: 'p2plab.copy.provider-shm0.write.bs_4k.throughput',
    status: 'DONE',
    number: { value: 4.5, unit: 'MB/s' },
  });
});

t.test('an excerpt is as long as it may be, and ends with a whole character', async (t) => {
  const reasons = ['x' + '😀'.repeat(maxExcerpt)];
  const { tests } = JSON.parse(await render('kcidb', loaded([result({ outcome: 'fail', reasons })])));
  t.equal(tests[0].log_excerpt.length, maxExcerpt - 1);
});

t.test('whatever a guest says, the rules of the schema hold', async () => {
  await fc.assert(
    fc.asyncProperty(hostileResult, async (one) => {
      const text = await render('kcidb', loaded([one]));
      return kcidbSchema.safeParse(JSON.parse(text)).success && !text.includes('\\u0000');
    }),
    { numRuns: 60 },
  );
});
