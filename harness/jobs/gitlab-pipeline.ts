import { stringify } from 'yaml';
import { limitMinutes, longestJobMinutes, matrixLimits, shardCount, type Cut } from './ci-matrix.js';
import { openJobs, type Plan } from './plan-document.js';
import { shardsOf } from './shards.js';

const image = 'debian:13';
const install = 'apt-get install -y --no-install-recommends ca-certificates nodejs npm';
/** What is there to judge a series with `checkpatch` and the compiler's warnings. */
const buildPackages =
  'qemu-system-x86 linux-source-6.12 build-essential bc bison flex libelf-dev libssl-dev ccache git kmod lz4 python3-minimal xz-utils mmdebstrap erofs-utils';
const setUp = (packages = ''): string[] => ['apt-get update', `${install} ${packages}`.trimEnd(), 'npm ci'];
const part = '${CI_NODE_INDEX:-1}';
const shard = `${part}/\${CI_NODE_TOTAL:-1}`;
const planOfParent = { pipeline: '$PARENT_PIPELINE_ID', job: 'plan' };
/** For some days: what becomes of it is in what merges it. */
const kept = (...paths: string[]) => ({ artifacts: { when: 'always', paths, expire_in: '3 days' } });

/** The child pipeline of GitLab CI. @param rounds of a series: how often what is not settled is run, the first time included */
export function gitlabPipeline(plan: Plan, cut: Cut, rounds: number): string {
  const pipeline = plan.series ? ofSeries(plan, cut, rounds) : ofRun(plan, cut);
  return stringify(pipeline, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The shards, then what makes one run of them. The parent's job is `plan`; each shard leaves the plan beside its bundles. */
function ofRun(plan: Plan, cut: Cut) {
  return {
    stages: ['shards', 'merge'],
    shards: {
      stage: 'shards',
      image,
      ...parallel(plan, cut),
      needs: [planOfParent],
      variables: { XDG_CACHE_HOME: '$CI_PROJECT_DIR/.cache' },
      script: [
        ...setUp('qemu-system-x86'),
        'mkdir -p .cache/p2plab && tar -xzf built.tar.gz -C .cache/p2plab',
        `npx p2plab run --plan plan.json --shard "${shard}" --out "bundles-${part}"`,
      ],
      allow_failure: { exit_codes: [1, 4] }, // what they found is for the merged run to tell
      ...kept('bundles-*'),
    },
    // no `needs`: a job may need 50 others, and each shard is one; of the stage before all artifacts come by themselves
    merge: merged([...setUp(), 'npx p2plab merge bundles-* --out p2plab-run --report junit,markdown']),
  };
}

/**
 * Rounds in one pipeline: its jobs cannot be made of what others found, but they can end at once when nothing is left.
 * A pipeline for each round would have them exact, but they nest two deep, and none can fetch artifacts of its child
 * (docs.gitlab.com, "Downstream pipelines").
 */
function ofSeries(plan: Plan, cut: Cut, rounds: number) {
  const numbers = Array.from({ length: rounds }, (_, n) => n + 1);
  const first = shardCount(plan, cut, matrixLimits.gitlab);
  const later = Math.ceil(first / 4);
  const jobs = numbers.flatMap((n) => [
    [`round-${n}`, n === 1 ? round(n, parallel(plan, cut)) : round(n, again(plan, later))] as const,
    ...(n < rounds ? [[`next-${n}`, next(n)] as const] : []),
  ]);
  return {
    stages: [...jobs.map(([name]) => name), 'merge'],
    // for what merges: a job without `needs` gets all artifacts of this pipeline, and none of the parent's
    'not-built': {
      stage: 'round-1',
      image,
      needs: [planOfParent],
      variables: { GIT_STRATEGY: 'none' },
      script: ['ls built'],
      ...kept('built'),
    },
    ...Object.fromEntries(jobs),
    merge: merged([
      ...setUp(buildPackages),
      'npx p2plab merge built bundles-* --plan built/plan.json --out p2plab-run --report junit,markdown',
    ]),
  };
}

type Parts = { parallel: number; timeout: string };

function round(n: number, parts: Parts) {
  const isLater = n > 1;
  const plan = isLater ? `round-${n - 1}/next-plan.json` : 'built/plan.json';
  return {
    stage: `round-${n}`,
    image,
    ...parts,
    needs: [planOfParent, ...(isLater ? [{ job: `next-${n - 1}` }] : [])],
    variables: { XDG_CACHE_HOME: '$CI_PROJECT_DIR/.cache' },
    script: [
      ...(isLater ? [`if [ ! -f ${plan} ]; then echo "nothing is left to be run"; exit 0; fi`] : []),
      ...setUp('qemu-system-x86'),
      'mkdir -p .cache/p2plab && tar -xzf built.tar.gz -C .cache/p2plab',
      `npx p2plab run --plan ${plan} --shard "${shard}" --out "bundles-${n}-${part}"`,
    ],
    allow_failure: true, // what they found, or did not, is for the merged series to tell
    ...kept(`bundles-${n}-*`),
  };
}

const next = (n: number) => ({
  stage: `next-${n}`,
  image,
  when: 'always',
  script: [
    ...(n > 1
      ? [`if [ ! -f round-${n - 1}/next-plan.json ]; then echo "nothing is left to be run"; exit 0; fi`]
      : []),
    ...setUp(),
    `npx p2plab merge built bundles-* --plan built/plan.json --out round-${n} || echo "exit $?"`,
  ],
  allow_failure: true,
  ...kept(`round-${n}/next-plan.json`),
});

const merged = (script: string[]) => ({
  stage: 'merge',
  image,
  when: 'always',
  script,
  allow_failure: { exit_codes: 3 },
  artifacts: {
    when: 'always',
    paths: ['p2plab-run'],
    reports: { junit: 'p2plab-run/report.junit.xml' },
    expire_in: '30 days',
  },
});

function parallel(plan: Plan, cut: Cut): Parts {
  const count = shardCount(plan, cut, matrixLimits.gitlab);
  return {
    parallel: count,
    timeout: timeout(Math.max(...shardsOf(openJobs(plan), count).map(limitMinutes))),
  };
}

/** At most two runs of each job more, when all of them fail. */
function again(plan: Plan, count: number): Parts {
  const twice = openJobs(plan).flatMap((job) => [job, { ...job, id: `${job.id} again` }]);
  return { parallel: count, timeout: timeout(Math.max(...shardsOf(twice, count).map(limitMinutes))) };
}

const timeout = (minutes: number): string => `${Math.min(minutes, longestJobMinutes.gitlab)} minutes`;
