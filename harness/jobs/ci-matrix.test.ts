import t from 'tap';
import { parse } from 'yaml';
import { buildFolders, githubMatrix, shardCount, tooLongForGithub } from './ci-matrix.js';
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

t.test('what is done is in no part, and a kernel that it alone wants is not brought along', (t) => {
  const [old, now] = [1, 2].map((n) => `kernel-000000000000000${n}`) as [string, string];
  const image = job(0).image;
  const on = (n: number, kernel: string) => job(n, { kernel, dependsOn: [kernel, image] });
  const plan = {
    ...planOf([on(0, old), on(1, now), on(2, now)]),
    builds: [old, now, image].map((id) => ({
      ...{ id, kind: id === image ? ('image' as const) : ('kernel' as const), name: 'x' },
      ...{ needs: job(0).needs, expected: job(0).expected },
    })),
    done: [job(0).id, job(1).id],
  };
  t.equal(githubMatrix(plan, { minutes: 1 }), '{"include":[{"shard":"1/1","jobs":1,"minutes":11}]}');
  t.same(buildFolders(plan), ['kernels/0000000000000002', 'images/fedcba9876543210']);
  t.end();
});

t.test('no more parts than are asked for', (t) => {
  const { include } = JSON.parse(githubMatrix(planOf(jobs(100)), { minutes: 1, most: 7 })) as {
    include: { shard: string }[];
  };
  t.equal(include.at(-1)!.shard, '7/7');
  t.end();
});

t.test(
  'GitLab: a round of a series is a stage of its own, with a quarter of the runners, and may need two jobs',
  (t) => {
    const series = { retries: 4 } as NonNullable<ReturnType<typeof planOf>['series']>;
    const pipeline = parse(gitlabPipeline({ ...planOf(jobs(100, 600)), series }, { minutes: 10 }, 4));
    t.same(pipeline.stages, [
      ...['round-1', 'next-1', 'round-2', 'next-2', 'round-3', 'next-3', 'round-4', 'merge'],
    ]);
    t.equal(pipeline['round-1'].parallel, 100);
    t.equal(pipeline['round-4'].parallel, 25);
    t.equal(pipeline['round-4'].timeout, '330 minutes', 'all that is there, twice, on a quarter of them');
    t.same(pipeline['round-4'].needs, [{ pipeline: '$PARENT_PIPELINE_ID', job: 'plan' }, { job: 'next-3' }]);
    t.notOk('needs' in pipeline.merge || 'needs' in pipeline['next-3']);
    t.end();
  },
);

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
