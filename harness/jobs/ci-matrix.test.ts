import t from 'tap';
import { parse } from 'yaml';
import { githubMatrix, gitlabPipeline, shardCount } from './ci-matrix.js';
import { job, planOf } from './sample.test.support.js';

const jobs = (count: number, seconds = 60) =>
  Array.from({ length: count }, (_, n) => job(n, { expected: { seconds, measured: true } }));

t.test('as many parts as are worth it', (t) => {
  t.equal(shardCount(planOf(jobs(100)), 10, 256), 10);
  t.equal(shardCount(planOf(jobs(3)), 10, 256), 1);
  t.equal(shardCount(planOf(jobs(3, 6000)), 10, 256), 3, 'not more than jobs');
  t.end();
});

t.test('no more than a matrix may have, and every job is in one', (t) => {
  const plan = planOf(jobs(3000, 600));
  const { include } = JSON.parse(githubMatrix(plan, 10)) as { include: { shard: string; jobs: number }[] };
  t.equal(include.length, 256);
  t.equal(include.at(-1)!.shard, '256/256');
  t.equal(
    include.reduce((sum, one) => sum + one.jobs, 0),
    3000,
  );
  t.equal(parse(gitlabPipeline(plan, 10)).shards.parallel, 200);
  t.end();
});
