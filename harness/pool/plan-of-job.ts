import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Build, Plan } from '../jobs/plan-document.js';
import { getBlob, type BlobStore } from './blob-store.js';

/** What a worker needs of a plan for one of its jobs. */
export type JobPlan = {
  /** The plan without other jobs, and what only they need. */
  plan: Plan;
  /** The build that the job is, if it is one. */
  build?: Build;
  /** Builds that it needs. */
  dependsOn: Build[];
};

/** Plans by hash, each fetched once: a nightly one has thousands of jobs. The process that runs the job checks what it gets. */
export function planCache(store: BlobStore, dir: string) {
  const plans = new Map<string, Promise<Plan>>();
  const fetched = async (hash: string): Promise<Plan> => {
    const file = path.join(dir, `${hash}.json`);
    await getBlob(store, hash, file);
    const plan = JSON.parse(await readFile(file, 'utf8')) as Plan;
    await rm(file);
    return plan;
  };
  /** @throws HarnessError(host) as getBlob() */
  return async (hash: string, id: string, dependsOn: readonly string[]): Promise<JobPlan> => {
    const known = plans.get(hash) ?? fetched(hash);
    plans.delete(hash);
    plans.set(hash, known); // the last one used is the last
    known.catch(() => plans.delete(hash));
    for (const old of [...plans.keys()].slice(0, -keptPlans)) plans.delete(old);
    return ofJob(await known, id, dependsOn);
  };
}

const keptPlans = 4;

function ofJob(plan: Plan, id: string, dependsOn: readonly string[]): JobPlan {
  const jobs = plan.jobs.filter((job) => job.id === id);
  const builds = plan.builds.filter((one) => one.id === id || dependsOn.includes(one.id));
  const scenarios = plan.scenarios.filter(({ name }) => jobs.some(({ scenario }) => scenario === name));
  return {
    plan: { ...plan, jobs, builds, scenarios },
    build: builds.find((one) => one.id === id),
    dependsOn: builds.filter((one) => one.id !== id),
  };
}
