import { execa, type ResultPromise } from 'execa';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { commandFile, packageRoot } from '../common/paths.js';
import { planJson, type Job, type Plan } from '../jobs/plan-document.js';
import { job, planOf, resultOf, writeRun } from '../jobs/sample.test.support.js';
import { formats } from '../report/formats.js';
import { loadRun } from '../report/load-run.js';
import { harnessHash } from '../series/known-results.js';

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
 * @param options `runner` stands in for `p2plab run`; undefined for the real one. `tls`: with a certificate that a CA of
 *   its own signed, which is `ca` then
 */
export async function startPool(
  dir: string,
  {
    runner = fakeRunner,
    tls = false,
    store = path.join(dir, 'store'),
  }: { runner?: string | 'real'; tls?: boolean; store?: string } = {},
) {
  const port = await freePort();
  const url = `${tls ? 'rediss' : 'redis'}://:${password}@127.0.0.1:${port}`;
  const { ca, options: tlsOptions } = tls ? await makeCertificates(path.join(dir, 'tls')) : noTls;
  const log = path.join(dir, 'began.log');
  const children = new Set<ResultPromise>();
  for (const name of ['redis', 'tmp']) mkdirSync(path.join(dir, name), { recursive: true });
  const start = (program: string, args: string[], more: Record<string, string> = {}) => {
    const env = {
      ...(runner !== 'real' && { P2PLAB_POOL_RUNNER: runner }),
      ...(ca !== undefined && { NODE_EXTRA_CA_CERTS: ca }),
      FAKE_LOG: log,
      TMPDIR: path.join(dir, 'tmp'),
      ...more,
    };
    const child = execa(program, args, { reject: false, stdin: 'ignore', all: true, env, cwd: dir });
    children.add(child);
    void child.finally(() => children.delete(child));
    return child;
  };
  const startRedis = () =>
    start('redis-server', [
      ...['--bind', '127.0.0.1', '--dir', path.join(dir, 'redis'), '--save', ''],
      ...(tls ? ['--port', '0', '--tls-port', `${port}`, ...tlsOptions] : ['--port', `${port}`]),
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--requirepass', password],
    ]);
  const workerOptions = (name: string) => [
    ...['--redis', url, '--store', store, '--name', name, '--lock', '2'],
  ];
  const p2plab = (...args: string[]) => start(process.execPath, [commandFile, 'pool', ...args]);
  return {
    dir,
    store,
    redis: startRedis(),
    startRedis,
    worker: (name: string, ...more: string[]) => p2plab('worker', ...workerOptions(name), ...more),
    /** With a cache of its own. */
    workerOn: (cache: string, name: string, ...more: string[]) =>
      start(process.execPath, [commandFile, 'pool', 'worker', ...workerOptions(name), ...more], {
        XDG_CACHE_HOME: cache,
      }),
    submit(plan: Plan, name = 'out') {
      const file = path.join(dir, `${name}.plan.json`);
      writeFileSync(file, planJson(plan));
      return p2plab('submit', file, '--redis', url, '--store', store, '--out', path.join(dir, name));
    },
    url,
    /** Until a submitter has queued its jobs: a worker that drains the queue would find none before. */
    queued: (submit: ResultPromise) =>
      new Promise<void>((resolve) => {
        let said = '';
        submit.all!.on('data', (text: Buffer) => {
          said += String(text);
          if (said.includes('jobs queued')) resolve();
        });
        void submit.then(() => resolve());
      }),
    /** Of another URL: another password, say. */
    status: (of = url) => p2plab('status', '--redis', of),
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
    /** Processes of jobs that run or wait for one. */
    runners: (): number[] => runnersOf(log),
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

function runnersOf(log: string): number[] {
  const read = (pid: string, name: string) => {
    try {
      return readFileSync(path.join('/proc', pid, name), 'utf8');
    } catch {
      return ''; // it has ended
    }
  };
  const isRunner = (pid: string) =>
    /fake-runner|--ordered/.test(read(pid, 'cmdline')) && read(pid, 'environ').includes(`FAKE_LOG=${log}\0`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isRunner(name))
    .map(Number);
}

const noTls = { ca: undefined, options: [] as string[] };

/** A CA, and a certificate of 127.0.0.1 that it signed: what redis-server wants, and what its clients do. */
async function makeCertificates(dir: string): Promise<{ ca: string; options: string[] }> {
  mkdirSync(dir, { recursive: true });
  const at = (name: string) => path.join(dir, name);
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: dir });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=ca',
  );
  await openssl('req', ...key, '-keyout', 'redis.key', '-out', 'redis.csr', '-subj', '/CN=redis');
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-req', '-in', 'redis.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
  await openssl('x509', ...signing, '-days', '2', '-extfile', 'names', '-out', 'redis.crt');
  const files = ['--tls-cert-file', at('redis.crt'), '--tls-key-file', at('redis.key')];
  return { ca: at('ca.crt'), options: [...files, '--tls-auth-clients', 'no'] };
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
