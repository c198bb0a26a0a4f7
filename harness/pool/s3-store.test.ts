import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { getBlob, openStore, putBlob } from './blob-store.js';

const content = 'a bundle';
const hash = createHash('sha256').update(content).digest('hex');
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** AWS Signature Version 4, as its documentation computes it. */
function signatureOf({ method, url, headers }: http.IncomingMessage): string {
  const [, , day, region, service, names] =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const signed = (names ?? '').split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const payload = String(headers['x-amz-content-sha256']);
  const canonical = [method, url, '', signed.join(''), names, payload].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, digest].join('\n');
  const key = [region!, service!, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, day!));
  return hmac(key, text).toString('hex');
}

/** Storage that looks at signatures, and at nothing else. */
async function serve(t: Test) {
  const blobs = new Map<string, Buffer>();
  const server = http.createServer((request, response) => {
    const { method, url = '', headers } = request;
    if (!headers.authorization?.endsWith(`Signature=${signatureOf(request)}`))
      return void request.resume().on('end', () => response.writeHead(403, 'Forbidden').end());
    if (method === 'PUT') {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      return void request.on('end', () => {
        blobs.set(url, Buffer.concat(parts));
        response.end();
      });
    }
    const blob = blobs.get(url);
    response.writeHead(blob ? 200 : 404).end(method === 'GET' ? blob : undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { blobs, env: { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: 'me', AWS_SECRET_ACCESS_KEY: secret } };
}

t.test('what is put into a bucket comes back', async (t) => {
  const { blobs, env } = await serve(t);
  const dir = t.testdir({ source: content });
  const store = openStore('s3://bucket/p2plab', env);
  t.equal(await putBlob(store, path.join(dir, 'source')), hash);
  t.same([...blobs.keys()], [`/bucket/p2plab/${hash}`]);
  t.equal(await store.has(hash), true);
  await getBlob(store, hash, path.join(dir, 'back'));
  t.equal(readFileSync(path.join(dir, 'back'), 'utf8'), content);
});

t.test('a wrong key is told', async (t) => {
  const { env } = await serve(t);
  const dir = t.testdir({ source: content });
  const store = openStore('s3://bucket/p2plab', { ...env, AWS_SECRET_ACCESS_KEY: 'guessed' });
  await t.rejects(putBlob(store, path.join(dir, 'source')), {
    blame: 'host',
    message: /: PUT: 403 Forbidden$/,
  });
});

t.test('no key at all', async (t) => {
  t.throws(() => openStore('s3://bucket', {}), { message: 's3://bucket wants keys, and there are none' });
});
