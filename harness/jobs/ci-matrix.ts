import { openJobs, type Build, type Plan } from './plan-document.js';
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

/** How a plan is cut. */
export type Cut = {
  /** What each part is to take, about. */
  minutes: number;
  /** No more parts than that, and than the system allows. */
  most?: number;
};

/** Into how many parts the open jobs of a plan are worth cutting. */
export function shardCount(plan: Pick<Plan, 'jobs' | 'done'>, { minutes, most }: Cut, limit: number): number {
  const jobs = openJobs(plan);
  const worth = Math.ceil(secondsOf(jobs) / (minutes * 60));
  return Math.max(1, Math.min(limit, most ?? limit, jobs.length, worth));
}

/** The matrix of GitHub Actions, for fromJSON(): a shard each, with a time limit by what is expected of it. */
export function githubMatrix(plan: Plan, cut: Cut): string {
  const count = shardCount(plan, cut, matrixLimits.github);
  const include = shardsOf(openJobs(plan), count).map((jobs, n) => ({
    shard: `${n + 1}/${count}`,
    jobs: jobs.length,
    minutes: Math.min(limitMinutes(jobs), longestJobMinutes.github),
  }));
  return JSON.stringify({ include });
}

/** Which shards will not end in time on GitHub's own runners, as far as can be told; empty when all will. */
export function tooLongForGithub(plan: Plan, cut: Cut): string {
  const shards = shardsOf(openJobs(plan), shardCount(plan, cut, matrixLimits.github));
  const expected = shards.map((jobs) => setupMinutes + Math.ceil(secondsOf(jobs) / 60));
  const over = expected.filter((one) => one > longestJobMinutes.github);
  if (over.length === 0) return '';
  const longest = Math.max(...over);
  return `${over.length} of ${shards.length} shards take up to ${longest} minutes, and GitHub ends jobs on its own runners after ${longestJobMinutes.github}: leave scenarios out with --tag, or use runners of your own and another timeout-minutes\n`;
}

/** Where a build is kept, relative to the cache: `kernels/0123456789abcdef`. */
export const buildFolder = ({ id, kind }: Pick<Build, 'id' | 'kind'>): string =>
  `${kind}s/${id.slice(kind.length + 1)}`;

/** Of the builds that open jobs run on. */
export function buildFolders(plan: Plan): string[] {
  const wanted = new Set(openJobs(plan).flatMap(({ dependsOn }) => dependsOn));
  return plan.builds.filter(({ id }) => wanted.has(id)).map(buildFolder);
}

/** How long a part may take. */
export const limitMinutes = (jobs: readonly Pick<Plan['jobs'][number], 'expected'>[]): number =>
  setupMinutes + Math.ceil((slowdown * secondsOf(jobs)) / 60);

const secondsOf = (jobs: readonly Pick<Plan['jobs'][number], 'expected'>[]): number =>
  jobs.reduce((sum, { expected }) => sum + expected.seconds, 0);
