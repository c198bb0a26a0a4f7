import t from 'tap';
import { parse } from 'yaml';
import { githubMatrix, shardCount, tooLongForGithub } from './ci-matrix.js';
import { gitlabPipeline } from './gitlab-pipeline.js';
import { job, planOf } from './sample.test.support.js';

const jobs = (count: number, seconds = 60) =>
  Array.from({ length: count }, (_, n) => job(n, { expected: { seconds, measured: true } }));

t.test('as many parts as are worth it', (t) => {
  t.equal(shardCount(planOf(jobs(100)), { minutes: 10 }, 256), 10);
  t.equal(shardCount(planOf(jobs(3)), { minutes: 10 }, 256), 1);
  t.equal(shardCount(planOf(jobs(3, 6000)), { minutes: 10 }, 256), 3, 'not more than jobs');
  t.end();
});

t.test('no more than a matrix may have, and every job is in one', (t) => {
  const plan = planOf(jobs(3000, 600));
  const { include } = JSON.parse(githubMatrix(plan, { minutes: 10 })) as {
    include: { shard: string; jobs: number }[];
  };
  t.equal(include.length, 256);
  t.equal(include.at(-1)!.shard, '256/256');
  t.equal(
    include.reduce((sum, one) => sum + one.jobs, 0),
    3000,
  );
  t.equal(parse(gitlabPipeline(plan, { minutes: 10 }, 3)).shards.parallel, 200);
  t.end();
});

t.test('no job is given longer than the system lets it run', (t) => {
  const plan = planOf(jobs(1000, 6000));
  const { include } = JSON.parse(githubMatrix(plan, { minutes: 10 })) as { include: { minutes: number }[] };
  t.same([...new Set(include.map(({ minutes }) => minutes))], [360]);
  t.equal(
    tooLongForGithub(plan, { minutes: 10 }),
    '232 of 256 shards take up to 410 minutes, and GitHub ends jobs on its own runners after 360: leave scenarios out with --tag, or use runners of your own and another timeout-minutes\n',
  );
  t.equal(tooLongForGithub(planOf(jobs(100)), { minutes: 10 }), '');
  t.equal(
    parse(gitlabPipeline(planOf(jobs(1, 3_000_000)), { minutes: 10 }, 3)).shards.timeout,
    '43200 minutes',
  );
  t.end();
});

t.test('GitLab: 200 shards are more than a job may need, so what merges them waits for their stage', (t) => {
  const { stages, shards, merge } = parse(gitlabPipeline(planOf(jobs(3000, 600)), { minutes: 10 }, 3));
  t.same(stages, ['shards', 'merge']);
  t.match([shards.stage, merge.stage], stages);
  t.notOk('needs' in merge);
  t.notMatch(merge.script.join('\n'), /--plan/, 'the plan lies beside the bundles of each shard');
  t.end();
});
