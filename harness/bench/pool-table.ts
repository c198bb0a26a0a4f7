import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { packageRoot } from '../common/paths.js';
import { fakePlan, startPool } from '../pool/pool.test.support.js';
import { simulate } from '../pool/simulate.js';
import { readHistory } from '../report/history.js';
import { poolOverhead } from './pool-overhead.js';

// `npm run bench:pool`: what a pool costs beside its jobs, and a simulation of a large one by times measured here.
// `P2PLAB_ROUNDS=5 npm run bench:pool`: real jobs in a pool and without one five times, not three.

const simulatedJobs = 10_000;
const noOps = 60;
const file = path.join(packageRoot, 'harness/bench/pool.md');
const rounds = process.env.P2PLAB_ROUNDS ?? '3';

/** So many jobs that do nothing, on two workers of this machine with a redis-server of their own. @returns seconds of each */
async function noOpSeconds(count: number): Promise<number> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-bench-'));
  try {
    await using pool = await startPool(dir);
    const warm = pool.submit(await fakePlan([0]), 'warm');
    const workers = ['one', 'two'].map((name) => pool.worker(name));
    await warm;
    const from = performance.now();
    const plan = await fakePlan(Array.from({ length: count }, (_, n) => n % 1));
    const jobs = plan.jobs.slice(1); // the first is the warm one's
    await pool.submit({ ...plan, jobs }, 'noop');
    for (const worker of workers) worker.kill('SIGTERM');
    return (performance.now() - from) / 1e3 / jobs.length;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param overheadMs what a job costs beside its own work, on its worker */
async function simulation(overheadMs: number): Promise<string> {
  const history = (await readHistory()).filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  if (history.length === 0) throw new Error('no job times are on record here: run some scenarios first');
  const measured = history.map(({ wallMs }) => wallMs / 1e3);
  const random = xoroshiro128plus(20261127);
  const drawn = Array.from(
    { length: simulatedJobs },
    () => measured[uniformInt(random, 0, measured.length - 1)]!,
  );
  const costs = { overheadSeconds: overheadMs / 1e3, buildSeconds: 480, fetchSeconds: 10 };
  const longestFirst = [...drawn].sort((a, b) => b - a);
  const minutes = (seconds: number) => (seconds / 60).toFixed(1);
  const rows = [1, 2, 5, 10, 20, 50, 100, 200].map((workers) => {
    const queue = simulate(drawn, { ...costs, workers });
    const longest = simulate(longestFirst, { ...costs, workers });
    const over = (made: number) => `${((made / queue.boundSeconds - 1) * 100).toFixed(1)} %`;
    const cells = [
      workers,
      minutes(queue.boundSeconds),
      minutes(queue.makespanSeconds),
      over(queue.makespanSeconds),
    ];
    return `| ${[...cells, minutes(longest.makespanSeconds), over(longest.makespanSeconds)].join(' | ')} |`;
  });
  const sum = drawn.reduce((total, seconds) => total + seconds, 0);
  return `## ${simulatedJobs} jobs, simulated

Assumed: job times are drawn from ${measured.length} runs on record on that machine (mean ${(sum / drawn.length).toFixed(1)} s, longest
${Math.max(...drawn).toFixed(0)} s), and do not change with the number of workers; a worker runs one job at a time; every job costs the
${overheadMs.toFixed(0)} ms above on its worker; kernel and image take ${costs.buildSeconds} s on one worker while the others wait, and
${costs.fetchSeconds} s to fetch; no worker fails; Redis and store have no limit. The bound is build + the larger of
work / workers and the longest job, without any overhead.

| workers | bound, min | queue order, min | above it | longest first, min | above it |
| ------- | ---------- | ---------------- | -------- | ------------------ | -------- |
${rows.join('\n')}`;
}

async function whole(): Promise<string> {
  const wallSeconds = await noOpSeconds(noOps);
  // jobs ran side by side on all processors: one alone takes no more than all of them together did
  const cpuMs = wallSeconds * os.availableParallelism() * 1e3;
  const overhead = await poolOverhead(Number(rounds));
  return `# What a pool costs

Made by \`npm run bench:pool\` on a machine with ${os.availableParallelism()} processors.

${noOps} jobs that do nothing, on two workers of one machine: ${(wallSeconds * 1e3).toFixed(0)} ms of wall time per job, or
${(1 / wallSeconds).toFixed(1)} jobs a second: at most ${cpuMs.toFixed(0)} ms of processor time for each, which is a process, and a bundle that is
packed, stored, fetched, checked and merged.

## Beside a local run

${overhead.text}

${await simulation(overhead.perJobMs)}
`;
}

const text = await whole();
process.stdout.write(text);
await writeFile(file, text);
