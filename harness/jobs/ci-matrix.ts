import { stringify } from 'yaml';
import type { Build, Plan } from './plan-document.js';
import { shardsOf } from './shards.js';

/**
 * How many jobs a matrix may have. GitHub: 256 per workflow run (docs.github.com, "Usage limits"); GitLab: `parallel`
 * from 1 to 200 (docs.gitlab.com, CI/CD YAML syntax reference).
 */
export const matrixLimits = { github: 256, gitlab: 200 } as const;

/** Setting up a runner, npm and the packages of QEMU takes about so long, whatever the shard. */
const setupMinutes = 10;
/** A runner may be so much slower than the machine that the times are of. */
const slowdown = 4;

/** Into how many parts a plan is worth cutting, when each is to take about `minutes`. */
export function shardCount({ jobs }: Pick<Plan, 'jobs'>, minutes: number, limit: number): number {
  const seconds = jobs.reduce((sum, { expected }) => sum + expected.seconds, 0);
  return Math.max(1, Math.min(limit, jobs.length, Math.ceil(seconds / (minutes * 60))));
}

/** The matrix of GitHub Actions, for fromJSON(): a shard each, with a time limit by what is expected of it. */
export function githubMatrix(plan: Plan, minutes: number): string {
  const count = shardCount(plan, minutes, matrixLimits.github);
  const include = shardsOf(plan.jobs, count).map((jobs, n) => ({
    shard: `${n + 1}/${count}`,
    jobs: jobs.length,
    minutes: limitMinutes(jobs),
  }));
  return JSON.stringify({ include });
}

/** The child pipeline of GitLab CI: the shards, then what makes one run of them. The parent's job is `plan`. */
export function gitlabPipeline(plan: Plan, minutes: number): string {
  const count = shardCount(plan, minutes, matrixLimits.gitlab);
  const longest = Math.max(...shardsOf(plan.jobs, count).map(limitMinutes));
  const needs = { pipeline: '$PARENT_PIPELINE_ID', job: 'plan' };
  const pipeline = {
    stages: ['shards', 'merge'],
    shards: {
      stage: 'shards',
      image: 'debian:13',
      parallel: count,
      timeout: `${longest} minutes`,
      needs: [needs],
      variables: { XDG_CACHE_HOME: '$CI_PROJECT_DIR/.cache' },
      script: [
        'apt-get update',
        'apt-get install -y --no-install-recommends ca-certificates nodejs npm qemu-system-x86',
        'npm ci',
        'mkdir -p .cache/p2plab && tar -xzf built.tar.gz -C .cache/p2plab',
        'npx p2plab run --plan plan.json --shard "${CI_NODE_INDEX:-1}/${CI_NODE_TOTAL:-1}" --out "bundles-${CI_NODE_INDEX:-1}"',
      ],
      allow_failure: { exit_codes: [1, 4] }, // what they found is for the merged run to tell
      artifacts: { when: 'always', paths: ['bundles-*'], expire_in: '3 days' },
    },
    merge: {
      stage: 'merge',
      image: 'debian:13',
      when: 'always',
      needs: [needs, { job: 'shards', artifacts: true }],
      script: [
        'apt-get update',
        'apt-get install -y --no-install-recommends ca-certificates nodejs npm',
        'npm ci',
        'npx p2plab merge bundles-* --plan plan.json --out p2plab-run --report junit,markdown',
      ],
      allow_failure: { exit_codes: 3 },
      artifacts: {
        when: 'always',
        paths: ['p2plab-run'],
        reports: { junit: 'p2plab-run/report.junit.xml' },
        expire_in: '30 days',
      },
    },
  };
  return stringify(pipeline, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Where a build is kept, relative to the cache: `kernels/0123456789abcdef`. */
export const buildFolder = ({ id, kind }: Pick<Build, 'id' | 'kind'>): string =>
  `${kind}s/${id.slice(kind.length + 1)}`;

function limitMinutes(jobs: readonly Pick<Plan['jobs'][number], 'expected'>[]): number {
  const seconds = jobs.reduce((sum, { expected }) => sum + expected.seconds, 0);
  return setupMinutes + Math.ceil((slowdown * seconds) / 60);
}
