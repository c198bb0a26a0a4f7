import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { median } from 'simple-statistics';
import { planOf } from '../cli/plan-json.js';
import { HarnessError } from '../common/errors.js';
import { formatDuration } from '../common/size.js';
import type { Plan } from '../jobs/plan-document.js';
import { startPool } from '../pool/pool.test.support.js';
import { markdownTable } from '../report/markdown-text.js';
import { loadRun } from '../report/load-run.js';
import { timedRun } from './timed-run.js';

/** What both run. */
const chosen = ['--tag', 'smoke', '--no-controls'];
const options = { patch: [], image: 'base', accel: 'auto' as const, controls: false, without: [] };

/** How long jobs are that a pool is for. */
const jobMinutes = [1, 5, 15];

type Round = { runMs: number; poolMs: number; jobs: number; jobMs: number };

/**
 * A pool of two workers against `run --jobs 2 --fresh-boots` of the same jobs, on this machine in turn.
 * @returns Markdown, and what a job takes more in the pool
 */
export async function poolOverhead(rounds: number): Promise<{ text: string; perJobMs: number }> {
  const { signal } = new AbortController();
  const plan = await planOf([], { ...options, set: {}, tag: 'smoke' }, [], signal);
  // brings kernel and image into the store, and is no job of the above
  const set = { provider: 'shm0' };
  const warm = await planOf(['p2pmem-kernel-sizes'], { ...options, set }, [], signal);
  const measured: Round[] = [];
  for (let n = 0; n < rounds; n++) {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-bench-'));
    try {
      measured.push(await oneRound(plan, warm, dir, n % 2 === 0));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  const of = (pick: (round: Round) => number) => median(measured.map(pick));
  const over = (round: Round) => (round.poolMs / round.runMs - 1) * 100;
  const { jobs } = measured[0]!;
  const seconds = (ms: number) => (ms / 1e3).toFixed(1);
  const percent = (value: number) => `${value.toFixed(1)} %`;
  const rows = measured.map((round, n) => [
    `${n + 1}`,
    seconds(round.runMs),
    seconds(round.poolMs),
    percent(over(round)),
  ]);
  const all = ['median', seconds(of((r) => r.runMs)), seconds(of((r) => r.poolMs)), percent(of(over))];
  const table = markdownTable(
    ['round', '`run --jobs 2 --fresh-boots`, s', 'pool of two workers, s', 'more'],
    [...rows, all],
  );
  const perJobMs = of((round) => ((round.poolMs - round.runMs) * 2) / jobs);
  const jobMs = of((round) => round.jobMs / round.jobs);
  const sizes = [jobMs, ...jobMinutes.map((minutes) => minutes * 60e3)];
  const shares = sizes.map((ms) => [formatDuration(ms), percent((perJobMs / ms) * 100)]);
  const text = `The ${jobs} jobs of \`${chosen.join(' ')}\`, of ${seconds(jobMs)} s each; kernel and image are on the machine and in the store. From the
start of \`run\`, or of \`pool submit\`, to its end; workers are there already. Which is first changes from round to round.
A job takes ${perJobMs.toFixed(0)} ms more in the pool, with its part of what each submission takes once.

${table}

If those ${perJobMs.toFixed(0)} ms do not depend on how long a job takes, which larger traces to pack and fetch do, they are 5 % of one of
${seconds(perJobMs / 0.05)} s:

${markdownTable(['a job of', 'more in the pool'], shares)}`;
  return { text, perJobMs };
}

async function oneRound(plan: Plan, warm: Plan, dir: string, runFirst: boolean): Promise<Round> {
  await using pool = await startPool(dir, { runner: 'real' });
  const workers = ['one', 'two'].map((name) => pool.worker(name));
  mustPass((await pool.submit(warm, 'warm')).exitCode, dir);
  const run = async () => timedRun([...chosen, '--jobs', '2', '--fresh-boots'], path.join(dir, 'run'));
  const submit = async () => {
    const began = performance.now();
    mustPass((await pool.submit(plan, 'pooled')).exitCode, dir);
    return performance.now() - began;
  };
  const before = runFirst ? await run() : undefined;
  const poolMs = await submit();
  const { wallMs: runMs } = before ?? (await run());
  for (const worker of workers) worker.kill('SIGTERM');
  const { run: document } = await loadRun(path.join(dir, 'pooled'));
  const jobMs = document.results.reduce((sum, { phases }) => sum + (phases.wallMs ?? 0), 0);
  return { runMs, poolMs, jobs: plan.jobs.length, jobMs };
}

function mustPass(exitCode: number | undefined, evidence: string): void {
  if (exitCode === 0) return;
  throw new HarnessError('harness', `p2plab pool submit ended with ${exitCode}`, {
    remedy: 'make the scenarios pass first: p2plab run --tag smoke',
    evidence,
  });
}
