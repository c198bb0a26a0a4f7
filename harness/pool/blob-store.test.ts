import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { getBlob, openStore, putBlob } from './blob-store.js';

const content = 'what a bundle has in it, and some more';
const hash = createHash('sha256').update(content).digest('hex');

/** A server as any that takes GET with ranges, HEAD and PUT; `asked` has each request. */
async function serve(
  t: Test,
  damage: (body: Buffer) => Buffer = (body) => body,
  /** So many bytes, and the connection is gone; of the nth GET. */
  cut: (n: number) => number | undefined = () => undefined,
) {
  let gets = 0;
  const blobs = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const { method, url = '', headers } = request;
    asked.push([method, headers.range].filter(Boolean).join(' '));
    if (method === 'PUT') {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        blobs.set(url, Buffer.concat(parts));
        response.writeHead(201).end();
      });
      return;
    }
    const blob = blobs.get(url);
    if (!blob) return void response.writeHead(404).end();
    if (method === 'HEAD') return void response.writeHead(200).end();
    const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const body = damage(blob).subarray(from);
    const sent = cut(++gets);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length });
    if (sent === undefined) response.end(body);
    else response.write(body.subarray(0, sent), () => setTimeout(() => response.destroy(), 20));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  const close = () => new Promise((closed) => server.close(closed));
  return {
    asked,
    close,
    store: openStore(`http://127.0.0.1:${(server.address() as AddressInfo).port}/blobs`),
  };
}

const source = (t: Test) => path.join(t.testdir({ source: content }), 'source');

t.test('a folder: what is put there comes back, and is put once', async (t) => {
  const file = source(t);
  const dir = path.dirname(file);
  const store = openStore(path.join(dir, 'store'));
  t.equal(await putBlob(store, file), hash);
  await getBlob(store, hash, path.join(dir, 'back'));
  t.equal(readFileSync(path.join(dir, 'back'), 'utf8'), content);
});

t.test('a folder: what has changed there is not handed on', async (t) => {
  const file = source(t);
  const dir = path.dirname(file);
  const store = openStore(path.join(dir, 'store'));
  await putBlob(store, file);
  writeFileSync(path.join(dir, 'store', hash.slice(0, 2), hash), 'something else');
  await t.rejects(getBlob(store, hash, path.join(dir, 'back')), {
    blame: 'host',
    message: `${path.join(dir, 'store')} gives something else than ${hash.slice(0, 16)}`,
  });
  t.notOk(existsSync(path.join(dir, 'back')));
  t.notOk(existsSync(path.join(dir, 'back.part')));
});

t.test('HTTP: a transfer that broke off goes on where it was', async (t) => {
  const { store, asked } = await serve(t);
  const file = source(t);
  await putBlob(store, file);
  const back = path.join(path.dirname(file), 'back');
  writeFileSync(`${back}.part`, content.slice(0, 10));
  await getBlob(store, hash, back);
  t.equal(readFileSync(back, 'utf8'), content);
  t.same(asked, ['HEAD', 'PUT', 'GET bytes=10-']);
});

t.test('HTTP: the rest of another file is thrown away, and all is fetched again', async (t) => {
  const { store, asked } = await serve(t);
  const file = source(t);
  await putBlob(store, file);
  const back = path.join(path.dirname(file), 'back');
  writeFileSync(`${back}.part`, 'of another');
  await getBlob(store, hash, back);
  t.equal(readFileSync(back, 'utf8'), content);
  t.same(asked.slice(2), ['GET bytes=10-', 'GET']);
});

t.test('HTTP: what is damaged on the way once is fetched again', async (t) => {
  let times = 0;
  const { store } = await serve(t, (body) =>
    times++ === 0 ? Buffer.concat([body, Buffer.from('x')]) : body,
  );
  const file = source(t);
  await putBlob(store, file);
  const back = path.join(path.dirname(file), 'back');
  await getBlob(store, hash, back);
  t.equal(readFileSync(back, 'utf8'), content);
  t.equal(times, 2);
});

t.test('HTTP: a connection that breaks is made again, and the transfer goes on', async (t) => {
  const { store, asked } = await serve(t, undefined, (n) => (n === 1 ? 10 : undefined));
  const file = source(t);
  await putBlob(store, file);
  const back = path.join(path.dirname(file), 'back');
  await getBlob(store, hash, back);
  t.equal(readFileSync(back, 'utf8'), content);
  t.same(asked.slice(2), ['GET', 'GET bytes=10-']);
});

t.test('HTTP: one that breaks again leaves what it has for the next time', async (t) => {
  const { store, asked } = await serve(t, undefined, (n) => (n < 3 ? 10 : undefined));
  const file = source(t);
  await putBlob(store, file);
  const back = path.join(path.dirname(file), 'back');
  await t.rejects(getBlob(store, hash, back), { blame: 'host', message: / GET: / });
  t.notOk(existsSync(back));
  await getBlob(store, hash, back);
  t.equal(readFileSync(back, 'utf8'), content);
  t.same(asked.slice(2), ['GET', 'GET bytes=10-', 'GET bytes=20-']);
});

t.test('HTTP: no server', async (t) => {
  const { store, close } = await serve(t);
  await close();
  await t.rejects(putBlob(store, source(t)), {
    blame: 'host',
    message: new RegExp(
      `^${store.place} and ${hash.slice(0, 16)}: HEAD: connect ECONNREFUSED 127\\.0\\.0\\.1:`,
    ),
    remedy: 'look whether the store can be reached from this machine and has space',
  });
});
