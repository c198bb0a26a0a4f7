import { createReadStream, createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { bothReports, fakePlan, startPool } from '../../pool/pool.test.support.js';
import { eventually, filesBelow, p2plab } from '../run-p2plab.test.support.js';

// Real redis-server, real workers; jobs are fakes that take as long as they are told to. Locks last two seconds.

type Pool = Awaited<ReturnType<typeof startPool>>;
const dropped = async (pool: Pool) => {
  const { stdout } = await pool.status();
  return Number(/second results dropped: (\d+)/.exec(String(stdout))?.[1]);
};

/** An HTTP store that never answers one of the files that it is given. @param nth counted from 1 */
async function stallingStore(t: Test, dir: string, nth: number): Promise<string> {
  mkdirSync(dir, { recursive: true });
  let puts = 0;
  const server = http.createServer((request, response) => {
    const file = path.join(dir, path.basename(request.url ?? ''));
    if (request.method === 'PUT') {
      if (++puts === nth) return;
      return void pipeline(request, createWriteStream(file)).then(() => response.writeHead(201).end());
    }
    if (!existsSync(file)) return void response.writeHead(404).end();
    if (request.method === 'HEAD') return void response.writeHead(200).end();
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

t.test('jobs run on two workers, and the run is that of one machine', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([100, 200, 100, 300, 100, 50, 20]);
  const submit = pool.submit(plan);
  await pool.queued(submit);
  const workers = ['one', 'two'].map((name) => pool.worker(name, '--drain'));
  const { exitCode, all } = await submit;
  t.equal(exitCode, 0, all);
  t.match(all, /^7\/7 copy/m);
  t.equal(String(all).match(/: boot host$/gm)?.length, 7, 'all that they say is told');
  const [ours, plain] = await bothReports(path.join(pool.dir, 'out'), plan);
  t.equal(ours, plain);
  t.equal(pool.began().length, 7, 'each once');
  t.same(
    (await Promise.all(workers)).map((end) => end.exitCode),
    [0, 0],
  );
});

t.test('the same work is queued once, and done already when it is asked for again', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([300, 300]);
  const submits = [pool.submit(plan, 'a'), pool.submit(plan, 'b')];
  await Promise.all(submits.map(pool.queued));
  const worker = pool.worker('one', '--drain');
  t.same(
    (await Promise.all(submits)).map((end) => end.exitCode),
    [0, 0],
  );
  await worker;
  t.equal((await await pool.submit(plan, 'c')).exitCode, 0, 'without any worker');
  t.equal(pool.began().length, 2);
});

t.test('a worker that is killed: its job runs elsewhere', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([3000, 100]);
  const victim = pool.worker('victim');
  const submit = pool.submit(plan);
  t.ok(await eventually(() => pool.began().length >= 1, 60_000));
  t.ok(pool.runners().length >= 1);
  victim.kill('SIGKILL');
  t.ok(await eventually(() => pool.runners().length === 0, 10_000), 'also what waited for the next job');
  pool.worker('other');
  const { exitCode, all } = await submit;
  t.equal(exitCode, 0, all);
  const [ours, plain] = await bothReports(path.join(pool.dir, 'out'), plan);
  t.equal(ours, plain);
  t.equal(await dropped(pool), 0);
});

t.test('the next job begins while a result is stored; a worker killed then loses neither', async (t) => {
  const dir = t.testdir();
  const store = await stallingStore(t, path.join(dir, 'blobs'), 2); // the first is the plan
  await using pool = await startPool(dir, { store });
  const plan = await fakePlan([100, 2000]);
  const cpus = os.availableParallelism(); // one at a time
  const jobs = plan.jobs.map((job) => ({ ...job, needs: { ...job.needs, cpus } }));
  const victim = pool.worker('victim');
  const submit = pool.submit({ ...plan, jobs });
  t.ok(await eventually(() => pool.began().length === 2, 60_000), 'both have begun');
  t.same([...pool.began()].sort(), plan.jobs.map(({ title }) => title).sort());
  victim.kill('SIGKILL');
  pool.worker('other');
  const { exitCode, all } = await submit;
  t.equal(exitCode, 0, all);
  t.equal(String(all).match(/: on other$/gm)?.length, 2);
  t.equal(pool.began().length, 4);
  const [ours, plain] = await bothReports(path.join(pool.dir, 'out'), plan);
  t.equal(ours, plain);
  t.equal(await dropped(pool), 0);
});

t.test('a worker that stands still beyond its lock: the first result is refused and counted', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([4000]);
  const sleeper = pool.worker('sleeper');
  const submit = pool.submit(plan);
  t.ok(await eventually(() => pool.began().length === 1, 60_000));
  sleeper.kill('SIGSTOP');
  pool.worker('other');
  t.ok(await eventually(() => pool.began().length === 2, 60_000), 'it was begun elsewhere');
  await sleep(1000);
  sleeper.kill('SIGCONT'); // while the other is at it
  const { exitCode, all } = await submit;
  t.equal(exitCode, 0, all);
  t.match(all, /1\/1 copy \[n=0 ms=4000\]: on other$/m);
  const [ours, plain] = await bothReports(path.join(pool.dir, 'out'), plan);
  t.equal(ours, plain);
  await sleep(1500);
  t.equal(await dropped(pool), 1);
});

for (const [what, awayMs] of [
  ['Redis is restarted', 300],
  ['Redis is away for a minute, longer than a lock lasts', 60_000],
] as const) {
  t.test(`${what}: nothing is lost`, async (t) => {
    await using pool = await startPool(t.testdir());
    const plan = await fakePlan([1500, 1500, 500, 500]);
    pool.worker('one');
    pool.worker('two');
    const submit = pool.submit(plan);
    t.ok(await eventually(() => pool.began().length >= 1, 60_000));
    pool.redis.kill(awayMs > 1000 ? 'SIGTERM' : 'SIGKILL');
    await pool.redis;
    await sleep(awayMs);
    pool.startRedis();
    const { exitCode, all } = await submit;
    t.equal(exitCode, 0, all);
    t.match(all, /^redis:\/\/127\.0\.0\.1:\d+ is away: waiting for it$/m);
    t.match(all, /^redis:\/\/127\.0\.0\.1:\d+ is back$/m);
    const [ours, plain] = await bothReports(path.join(pool.dir, 'out'), plan);
    t.equal(ours, plain);
  });
}

t.test('a job that kills its worker three times fails with its reason, and the queue goes on', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([0, 100, 100], { 0: { poison: 'yes' } });
  let ended = false;
  const respawning = (async () => {
    while (!ended) await pool.worker('worker');
  })();
  const { exitCode, all } = await await pool.submit(plan);
  ended = true;
  t.equal(exitCode, 3, all);
  t.match(all, /copy \[n=0 ms=0 poison=yes\]: failed: job stalled more than allowable limit/);
  t.match(all, /missing: copy \[n=0 ms=0 poison=yes\]/);
  t.match(all, /^2 pass \(interrupted before the end\)$/m);
  t.equal(pool.began().filter((title) => title.includes('poison')).length, 3);
  await pool[Symbol.asyncDispose]();
  await respawning;
});

t.test('jobs whose kernel cannot be built fail with its reason, and wait no longer', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([50, 50]);
  const needs = { cpus: 1, memoryMiB: 512, exclusive: false, accelerator: 'any' } as const;
  const expected = { seconds: 480, measured: false };
  const id = 'kernel-0123456789abcdef';
  const builds = [{ id, kind: 'kernel' as const, name: 'mine', needs, expected }];
  pool.worker('one');
  const { exitCode, all } = await await pool.submit({ ...plan, builds });
  t.equal(exitCode, 3, all);
  const why =
    'kernel mine could not be built: kernel mine: exit 2: drivers/pci/p2pdma.c:42: error: expected ; before }';
  for (const { title } of plan.jobs) t.match(all, `${title}: failed: ${why}`);
  t.equal(pool.began().length, 0);
});

t.test('an artifact that is damaged in the store is not believed', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([50]);
  const submit = pool.submit(plan);
  const plans = () =>
    filesBelow(pool.store)
      .filter((name) => /^..\/[0-9a-f]{64}$/.test(name))
      .map((name) => path.join(pool.store, name));
  t.ok(await eventually(() => plans().length === 1, 60_000));
  writeFileSync(plans()[0]!, '{"jobs": []}');
  pool.worker('one');
  const { exitCode, all } = await submit;
  t.equal(exitCode, 3);
  t.match(all, /failed: \S+\/store gives something else than [0-9a-f]{16}/);
  t.equal(pool.began().length, 0);
});

t.test('TLS and a password: what is wrong with them is told at once', async (t) => {
  await using pool = await startPool(t.testdir(), { tls: true });
  const plan = await fakePlan([50, 50]);
  const submit = pool.submit(plan);
  pool.worker('one');
  const { exitCode, all } = await submit;
  t.equal(exitCode, 0, all);

  const place = pool.url.replace(/:[^:@]*@/, '');
  const wrong = await pool.status(pool.url.replace('not-a-secret', 'guess'));
  t.equal(wrong.exitCode, 2);
  t.match(wrong.all, `${place} refuses: WRONGPASS invalid username-password pair or user is disabled.`);
  t.notMatch(wrong.all, 'guess');
  const strange = await p2plab(['pool', 'status', '--redis', pool.url]);
  t.equal(strange.exitCode, 3);
  t.match(
    strange.stderr,
    `${place} has a certificate that is not trusted: unable to verify the first certificate`,
  );
  const plain = await pool.status(pool.url.replace('rediss', 'redis'));
  t.equal(plain.exitCode, 3);
  t.match(plain.all, /does not answer: (?:read|write) ECONNRESET/);
  t.match(plain.all, /whether it speaks TLS: rediss:\/\//);
});

t.test('a job that wants KVM waits for a worker that has it', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([50, 50]);
  const jobs = plan.jobs.map((job, n) =>
    n === 0 ? { ...job, needs: { ...job.needs, accelerator: 'kvm' as const } } : job,
  );
  void pool.submit({ ...plan, jobs });
  t.ok(await eventually(() => filesBelow(pool.store).length > 0, 60_000));
  const worker = pool.worker('one', '--accel', 'tcg');
  t.ok(await eventually(() => pool.began().length === 1, 60_000));
  await sleep(3000);
  t.same(pool.began(), [plan.jobs[1]!.title]);
  t.match((await pool.status()).all, /^p2plab-1c-1g-kvm: 1 prioritized$/m);
  worker.kill('SIGTERM');
  pool.worker('two', '--accel', 'kvm');
  t.ok(await eventually(() => pool.began().length === 2, 60_000));
});

t.test('a worker of another version refuses the job', async (t) => {
  await using pool = await startPool(t.testdir());
  const plan = await fakePlan([50]);
  const other = { ...plan, harness: { version: '9.9.9', code: 'fedcba9876543210' } };
  const submit = pool.submit(other);
  pool.worker('one');
  const { exitCode, all } = await submit;
  t.equal(exitCode, 3);
  t.match(all, /failed: the job is of p2plab 9\.9\.9 \(fedcba9876543210\), one is 0\.1\.0 \([0-9a-f]{16}\)/);
});
