import { rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { planJson, readPlan, type Plan } from '../jobs/plan-document.js';
import { openStore, type BlobStore } from '../pool/blob-store.js';
import { followJobs } from '../pool/follow-jobs.js';
import { connect, type Pool } from '../pool/pool-queue.js';
import { submitPlan } from '../pool/submit-plan.js';
import { writeWhole } from '../report/write-whole.js';
import { exitCodes } from './exit-code.js';
import { mergeCommand } from './merge-command.js';
import { nextPlanFile } from './merge-series-command.js';
import { makeRunDir } from './run-folder.js';
import type { Terminal } from './terminal.js';

export type SubmitOptions = { redis: string; store: string; out?: string; priority: number };

type Submitting = { pool: Pool; store: BlobStore; priority: number; bundles: string; terminal: Terminal };

/**
 * `p2plab pool submit`: queues the jobs of a plan, waits for them, and merges what they left. Of a series, what did not
 * pass is queued again until it is settled; `OUT.round-1` is what the first runs said.
 * @returns the exit code of the merge, or 3 when no job left anything
 */
export async function submitCommand(
  file: string,
  { redis, store: place, out: asked, priority }: SubmitOptions,
  terminal: Terminal,
): Promise<number> {
  let plan = await readPlan(file);
  const { dir: out } = await makeRunDir(asked);
  const bundles = `${out}.bundles`;
  await using pool = await connect(redis, (line) => terminal.err(`${line}\n`));
  const submitting = { pool, store: openStore(place), priority, bundles, terminal };
  const known = new Set<string>();
  for (let round = 1; ; round++) {
    if (!(await runJobs(plan, known, submitting))) return exitCodes.broken;
    const code = await mergeCommand([bundles], { out }, terminal);
    const following = path.join(out, nextPlanFile);
    if (!(await isFile(following))) return code;
    const next = await readPlan(following);
    if (next.jobs.every(({ id }) => known.has(id))) return code; // what is missing was tried three times
    plan = next;
    await rename(out, `${out}.round-${round}`);
  }
}

/** Those jobs that are not known yet. @returns whether any of them left a bundle */
async function runJobs(plan: Plan, known: Set<string>, submitting: Submitting): Promise<boolean> {
  const { pool, store, priority, bundles, terminal } = submitting;
  const { signal } = terminal;
  const jobs = plan.jobs.filter(({ id }) => !known.has(id));
  for (const { id } of jobs) known.add(id);
  await writeWhole(path.join(bundles, 'plan.json'), planJson(plan));
  const submission = await submitPlan(pool, store, { ...plan, jobs }, priority);
  terminal.out(`${submission.queued.length} jobs queued\n`);
  const told = (line: string) => terminal.out(`${line}\n`);
  const ended = await followJobs(pool, store, submission, { out: bundles, pollMs: 10_000, told, signal });
  return ended.some(({ failure }) => failure === undefined);
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
