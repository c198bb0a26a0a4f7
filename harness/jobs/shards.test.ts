import fc from 'fast-check';
import t from 'tap';
import { job } from './sample.test.support.js';
import { shardsOf } from './shards.js';

const jobsOf = (times: readonly number[]) =>
  times.map((seconds, n) => job(n, { expected: { seconds, measured: true } }));
const secondsOf = (jobs: ReturnType<typeof jobsOf>) => jobs.reduce((sum, j) => sum + j.expected.seconds, 0);

t.test('the longest go first, each to the shard that has least', (t) => {
  const shards = shardsOf(jobsOf([2, 9, 3, 4, 6]), 2);
  t.same(
    shards.map((jobs) => jobs.map((j) => j.expected.seconds)),
    [
      [9, 3],
      [2, 4, 6],
    ],
  );
  t.end();
});

const times = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 });
const counts = fc.integer({ min: 1, max: 20 });

t.test('every job is in exactly one shard, and no shard is longer than a list schedule can be', (t) => {
  fc.assert(
    fc.property(times, counts, (seconds, count) => {
      const jobs = jobsOf(seconds);
      const shards = shardsOf(jobs, count);
      t.equal(shards.length, count);
      t.same(
        shards
          .flat()
          .map(({ id }) => id)
          .sort(),
        jobs.map(({ id }) => id).sort(),
      );
      const bound = secondsOf(jobs) / count + Math.max(...seconds) * (1 - 1 / count);
      t.ok(Math.max(...shards.map(secondsOf)) <= bound + 1e-9);
    }),
    { numRuns: 50 },
  );
  t.end();
});

t.test('shards do not depend on the order in which jobs are listed', (t) => {
  fc.assert(
    fc.property(times, counts, (seconds, count) => {
      const jobs = jobsOf(seconds);
      const ids = (list: typeof jobs) => shardsOf(list, count).map((s) => s.map(({ id }) => id).sort());
      t.same(ids([...jobs].reverse()), ids(jobs));
    }),
    { numRuns: 30 },
  );
  t.end();
});
