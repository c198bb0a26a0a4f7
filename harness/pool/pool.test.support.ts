import { execa, type ResultPromise } from 'execa';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import { planJson, type Job, type Plan } from '../jobs/plan-document.js';
import { job, planOf, resultOf, writeRun } from '../jobs/sample.test.support.js';
import { formats } from '../report/formats.js';
import { loadRun } from '../report/load-run.js';
import { harnessHash } from '../series/known-results.js';

const main = path.join(packageRoot, 'dist/cli/main.js');
const fakeRunner = path.join(packageRoot, 'dist/pool/fake-runner.test.helper.js');
const password = 'not-a-secret';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

/**
 * A pool in a folder: a redis-server of its own, and workers and submitters as processes.
 * @param dir made by the caller
 * @param options `runner` stands in for `p2plab run`; undefined for the real one
 */
export async function startPool(
  dir: string,
  { runner }: { runner: string | undefined } = { runner: fakeRunner },
) {
  const port = await freePort();
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const store = path.join(dir, 'store');
  const log = path.join(dir, 'began.log');
  const children = new Set<ResultPromise>();
  mkdirSync(path.join(dir, 'redis'), { recursive: true });
  const start = (program: string, args: string[]) => {
    const env = { ...(runner && { P2PLAB_POOL_RUNNER: runner }), FAKE_LOG: log };
    const child = execa(program, args, { reject: false, stdin: 'ignore', all: true, env, cwd: dir });
    children.add(child);
    void child.finally(() => children.delete(child));
    return child;
  };
  const startRedis = () =>
    start('redis-server', [
      ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', path.join(dir, 'redis'), '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--requirepass', password],
    ]);
  const p2plab = (...args: string[]) => start(process.execPath, [main, 'pool', ...args]);
  return {
    dir,
    store,
    redis: startRedis(),
    startRedis,
    worker: (name: string, ...more: string[]) =>
      p2plab('worker', '--redis', url, '--store', store, '--name', name, '--lock', '2', ...more),
    submit(plan: Plan, name = 'out') {
      const file = path.join(dir, `${name}.plan.json`);
      writeFileSync(file, planJson(plan));
      return p2plab('submit', file, '--redis', url, '--store', store, '--out', path.join(dir, name));
    },
    status: () => p2plab('status', '--redis', url),
    /** Titles of jobs as they were begun, by any worker. */
    began: (): string[] => {
      try {
        return readFileSync(log, 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.replace(/ \d+$/, ''));
      } catch {
        return [];
      }
    },
    async [Symbol.asyncDispose]() {
      const all = [...children];
      for (const child of all) {
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }
      await Promise.all(all);
    },
  };
}

/** A plan of jobs that take so long; `extra` is more of the nth one's variant. */
export async function fakePlan(times: number[], extra: Record<number, Job['variant']> = {}): Promise<Plan> {
  const jobs = times.map((ms, n) => {
    const variant = { n: `${n}`, ms: `${ms}`, ...extra[n] };
    return job(n + 1, {
      title: `copy [${Object.entries(variant)
        .map(([k, v]) => `${k}=${v}`)
        .join(' ')}]`,
      variant,
    });
  });
  const { version } = planOf([]).harness;
  return { ...planOf(jobs), harness: { version, code: await harnessHash() } };
}

/** The normalised reports of a run folder, and of what one machine writes of the plan. */
export async function bothReports(dir: string, plan: Plan): Promise<[string, string]> {
  const plain = path.join(dir, '..', `${path.basename(dir)}-plain`);
  await writeRun(
    plain,
    plan.jobs.map((one) => resultOf(one)),
  );
  const now = new Date();
  const [ours, theirs] = await Promise.all([loadRun(dir), loadRun(plain)]);
  return [
    formats.normalised.render(ours, { now }) as string,
    formats.normalised.render(theirs, { now }) as string,
  ];
}
