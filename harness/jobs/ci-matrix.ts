import { stringify } from 'yaml';
import type { Build, Plan } from './plan-document.js';
import { shardsOf } from './shards.js';

/**
 * How many jobs a matrix may have. GitHub: 256 per workflow run (docs.github.com, "Usage limits"); GitLab: `parallel`
 * from 1 to 200 (docs.gitlab.com, CI/CD YAML syntax reference).
 */
export const matrixLimits = { github: 256, gitlab: 200 } as const;

/**
 * The longest that a job may take. GitHub: 6 hours on its own runners (docs.github.com, "Actions limits"); GitLab: a month
 * (Project::MAX_BUILD_TIMEOUT), and less where a runner says so.
 */
export const longestJobMinutes = { github: 6 * 60, gitlab: 30 * 24 * 60 } as const;

/** Setting up a runner, npm and the packages of QEMU takes about so long, whatever the shard. */
const setupMinutes = 10;
/** A runner may be so much slower than the machine that the times are of. */
const slowdown = 4;

/** Into how many parts a plan is worth cutting, when each is to take about `minutes`. */
export function shardCount({ jobs }: Pick<Plan, 'jobs'>, minutes: number, limit: number): number {
  return Math.max(1, Math.min(limit, jobs.length, Math.ceil(secondsOf(jobs) / (minutes * 60))));
}

/** The matrix of GitHub Actions, for fromJSON(): a shard each, with a time limit by what is expected of it. */
export function githubMatrix(plan: Plan, minutes: number): string {
  const count = shardCount(plan, minutes, matrixLimits.github);
  const include = shardsOf(plan.jobs, count).map((jobs, n) => ({
    shard: `${n + 1}/${count}`,
    jobs: jobs.length,
    minutes: Math.min(limitMinutes(jobs), longestJobMinutes.github),
  }));
  return JSON.stringify({ include });
}

/**
 * The child pipeline of GitLab CI: the shards, then what makes one run of them. The parent's job is `plan`; each shard
 * leaves the plan beside its bundles.
 */
export function gitlabPipeline(plan: Plan, minutes: number): string {
  const count = shardCount(plan, minutes, matrixLimits.gitlab);
  const most = Math.max(...shardsOf(plan.jobs, count).map(limitMinutes));
  const longest = Math.min(most, longestJobMinutes.gitlab);
  const packages = 'apt-get install -y --no-install-recommends ca-certificates nodejs npm';
  const pipeline = {
    stages: ['shards', 'merge'],
    shards: {
      stage: 'shards',
      image: 'debian:13',
      parallel: count,
      timeout: `${longest} minutes`,
      needs: [{ pipeline: '$PARENT_PIPELINE_ID', job: 'plan' }],
      variables: { XDG_CACHE_HOME: '$CI_PROJECT_DIR/.cache' },
      script: [
        'apt-get update',
        `${packages} qemu-system-x86`,
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
      // no `needs`: a job may need 50 others, and each shard is one; of the stage before all artifacts come by themselves
      script: [
        'apt-get update',
        packages,
        'npm ci',
        'npx p2plab merge bundles-* --out p2plab-run --report junit,markdown',
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

/** Which shards will not end in time on GitHub's own runners, as far as can be told; empty when all will. */
export function tooLongForGithub(plan: Plan, minutes: number): string {
  const shards = shardsOf(plan.jobs, shardCount(plan, minutes, matrixLimits.github));
  const expected = shards.map((jobs) => setupMinutes + Math.ceil(secondsOf(jobs) / 60));
  const over = expected.filter((one) => one > longestJobMinutes.github);
  if (over.length === 0) return '';
  const most = Math.max(...over);
  return `${over.length} of ${shards.length} shards take up to ${most} minutes, and GitHub ends jobs on its own runners after ${longestJobMinutes.github}: leave scenarios out with --tag, or use runners of your own and another timeout-minutes\n`;
}

/** Where a build is kept, relative to the cache: `kernels/0123456789abcdef`. */
export const buildFolder = ({ id, kind }: Pick<Build, 'id' | 'kind'>): string =>
  `${kind}s/${id.slice(kind.length + 1)}`;

function limitMinutes(jobs: readonly Pick<Plan['jobs'][number], 'expected'>[]): number {
  return setupMinutes + Math.ceil((slowdown * secondsOf(jobs)) / 60);
}

const secondsOf = (jobs: readonly Pick<Plan['jobs'][number], 'expected'>[]): number =>
  jobs.reduce((sum, { expected }) => sum + expected.seconds, 0);
