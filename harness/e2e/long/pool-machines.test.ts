import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import t, { type Test } from 'tap';
import { parsePlan, type Plan } from '../../jobs/plan-document.js';
import { startPool } from '../../pool/pool.test.support.js';
import { eventually, p2plab, qemusOf, testScenario } from '../run-p2plab.test.support.js';

// Real redis-server, workers, VMs, kernel and image.

async function planOf(...args: string[]): Promise<Plan> {
  const { stdout } = await p2plab(['plan', '--json', ...args]);
  return parsePlan(String(stdout), 'plan');
}

/** An HTTP server with a folder behind it. The first transfer of each large file breaks off after 4 MiB. */
async function serve(t: Test, dir: string): Promise<{ url: string; asked: string[] }> {
  mkdirSync(dir, { recursive: true });
  const asked: string[] = [];
  const cut = new Set<string>();
  const large = 8 * 2 ** 20;
  const server = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const file = path.join(dir, path.basename(url));
    if (method === 'PUT')
      return void pipeline(request, createWriteStream(file)).then(() => response.writeHead(201).end());
    if (!existsSync(file)) return void response.writeHead(404).end();
    const { size } = statSync(file);
    const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': size - from });
    if (method === 'HEAD') return void response.end();
    if (size > large) asked.push(`${from > 0 ? 'the rest' : 'all'} of ${path.basename(url)}`);
    if (size <= large || cut.has(file))
      return void pipeline(createReadStream(file, { start: from }), response).catch(() => {});
    cut.add(file);
    const part = createReadStream(file, { end: large / 2 });
    void pipeline(part, response, { end: false }).then(() => setTimeout(() => response.destroy(), 100));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/blobs` };
}

t.test(
  'a machine with an empty cache gets kernel and image from the store, and builds nothing',
  async (t) => {
    const dir = t.testdir();
    const { url, asked } = await serve(t, path.join(dir, 'blobs'));
    await using pool = await startPool(dir, { runner: 'real', store: url });
    const first = await planOf('p2pmem-allocate', '--set', 'provider=shm0', '--no-controls');
    const submitting = pool.submit(first, 'first');
    await pool.queued(submitting);
    const full = pool.worker('full', '--drain');
    const there = await submitting;
    t.equal(there.exitCode, 0, String(there.all));
    t.equal((await full).exitCode, 0);
    t.same(asked, [], 'what a machine has it does not fetch');

    const cache = path.join(dir, 'cache');
    const second = await planOf('p2pmem-allocate', '--set', 'provider=nvme0', '--no-controls');
    t.same(second.builds, first.builds);
    pool.workerOn(cache, 'empty');
    const { exitCode, all } = await pool.submit(second, 'second');
    t.equal(exitCode, 0, String(all));
    t.match(all, /1\/1 p2pmem-allocate \[provider=nvme0\]: on empty$/m);
    t.equal(asked.length, 4, asked.join(', '));
    t.same(
      asked.map((one) => one.replace(/ of .*/, '')).sort(),
      ['all', 'all', 'the rest', 'the rest'],
      'a transfer that broke off went on',
    );
    const [kernel, image] = first.builds.map(({ id }) => id.replace(/^\w+-/, ''));
    const inCache = (name: string) =>
      readdirSync(path.join(cache, 'p2plab', name)).filter((one) => !one.includes('.'));
    t.same([inCache('kernels'), inCache('images')], [[kernel], [image]]);
    t.notOk(existsSync(path.join(cache, 'p2plab/logs')), 'nothing was built');
    t.same(inCache('fetched'), [], 'nothing is kept twice');
  },
);

t.test('VMs die with the worker that is killed', async (t) => {
  const dir = t.testdir();
  await using pool = await startPool(dir, { runner: 'real' });
  const worker = pool.worker('victim');
  void pool.submit(await planOf(testScenario('slow')));
  t.ok(await eventually(() => qemusOf(dir).length === 1, 120_000), 'its VM runs');
  worker.kill('SIGKILL');
  t.ok(await eventually(() => qemusOf(dir).length === 0, 10_000), 'and is gone');
});
