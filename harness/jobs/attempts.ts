import type { Scenario } from '../scenario/scenario.js';
import { jobId } from './make-plan.js';
import type { Job, Plan } from './plan-document.js';
import { planVariants } from './plan-variants.js';

/** A job of a series once more, in a fresh VM. @param attempt counted from 1, which is the job itself */
export async function attemptOf(job: Job, variant: Scenario, attempt: number, plan: Plan): Promise<Job> {
  if (attempt === 1) return job;
  const { kernel, image } = job;
  const id = await jobId(variant, { ...plan, kernel, image, attempt });
  return { ...job, id, attempt, title: `${job.title}, run ${attempt}` };
}

/** The first run of each variant on each prefix of a series, in the order of the plan. */
export const firstJobs = ({ jobs }: Pick<Plan, 'jobs'>): Job[] =>
  jobs.filter(({ attempt }) => attempt === undefined);

/** Every run that a series may come to: each of its jobs, and all that may follow it. */
export async function allAttempts(plan: Plan): Promise<Map<Job, Job[]>> {
  const variants = planVariants(plan);
  const counts = Array.from({ length: (plan.series?.retries ?? 0) + 1 }, (_, n) => n + 1);
  const of = (job: Job) => Promise.all(counts.map((n) => attemptOf(job, variants.get(job.id)!, n, plan)));
  return new Map(await Promise.all(firstJobs(plan).map(async (job) => [job, await of(job)] as [Job, Job[]])));
}
