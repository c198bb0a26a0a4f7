import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HarnessError } from '../common/errors.js';
import { hashOfFile } from '../series/known-results.js';
import { s3Place } from './s3-store.js';

/** Where artifacts lie between machines, named by the SHA-256 of their content. */
export type BlobStore = {
  /** For messages. */
  place: string;
  has(hash: string): Promise<boolean>;
  /** Puts a file there, whole or not at all. */
  put(file: string, hash: string): Promise<void>;
  /** Gets a file, which may not be what it should be: getBlob() looks. May go on with what `file` has. */
  get(hash: string, file: string): Promise<void>;
};

/** A folder that all machines see, an HTTP server that takes GET with ranges, HEAD and PUT, or s3://BUCKET/PREFIX. */
export function openStore(place: string, env: NodeJS.ProcessEnv = process.env): BlobStore {
  if (place.startsWith('s3://')) {
    const { base, request } = s3Place(place, env);
    return httpStore(base, request);
  }
  return /^https?:\/\//.test(place) ? httpStore(place) : directoryStore(path.resolve(place));
}

/** @returns the hash under which it is there */
export async function putBlob(store: BlobStore, file: string): Promise<string> {
  const hash = await hashOfFile(file);
  if (!(await store.has(hash))) await store.put(file, hash);
  return hash;
}

/**
 * Gets what has this hash, or nothing: a transfer that breaks off goes on once, and later when it is asked for again in
 * the same place; what arrives as something else is thrown away and fetched once more.
 * @throws HarnessError(host) when it is not what it should be twice
 */
export async function getBlob(store: BlobStore, hash: string, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.part`;
  for (let tries = 0; tries < 2; tries++) {
    try {
      await store.get(hash, part);
    } catch (error) {
      if (tries > 0 || !(await isThere(part))) throw error;
      continue;
    }
    if ((await hashOfFile(part)) === hash) return rename(part, file);
    await rm(part, { force: true });
  }
  throw new HarnessError('host', `${store.place} gives something else than ${hash.slice(0, 16)}`, {
    remedy: 'delete that file from the store; it is made again when its job is submitted again',
  });
}

function directoryStore(dir: string): BlobStore {
  const fileOf = (hash: string) => path.join(dir, hash.slice(0, 2), hash);
  return {
    place: dir,
    has: (hash) => isThere(fileOf(hash)),
    async put(file, hash) {
      const to = fileOf(hash);
      const half = `${to}.half-${randomBytes(4).toString('hex')}`;
      await mkdir(path.dirname(to), { recursive: true });
      await copyFile(file, half);
      await rename(half, to);
    },
    async get(hash, file) {
      await copyFile(fileOf(hash), file).catch((cause: unknown) => {
        throw notThere(dir, hash, (cause as Error).message, cause);
      });
    },
  };
}

/** With ranges, so that a transfer that broke off goes on where it was. */
function httpStore(base: string, request: typeof fetch = fetch): BlobStore {
  const ask = async (method: string, hash: string, init: RequestInit & { duplex?: 'half' } = {}) => {
    try {
      return await request(new URL(hash, base.endsWith('/') ? base : `${base}/`), { ...init, method });
    } catch (error) {
      if (error instanceof HarnessError) throw error;
      throw notThere(base, hash, `${method}: ${causeOf(error as Error)}`, error);
    }
  };
  return {
    place: base,
    has: async (hash) => (await ask('HEAD', hash)).ok,
    async put(file, hash) {
      const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
      const { size } = await stat(file);
      const answer = await ask('PUT', hash, {
        body,
        headers: { 'content-length': `${size}` },
        duplex: 'half',
      });
      if (!answer.ok) throw notThere(base, hash, `PUT: ${answer.status} ${answer.statusText}`);
    },
    async get(hash, file) {
      const have = await stat(file).then(
        ({ size }) => size,
        () => 0,
      );
      const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
      const answer = await ask('GET', hash, { headers });
      if (answer.status === 416) return; // all is there
      if (!answer.ok || !answer.body)
        throw notThere(base, hash, `GET: ${answer.status} ${answer.statusText}`);
      const flags = answer.status === 206 ? 'a' : 'w';
      try {
        await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file, { flags }));
      } catch (cause) {
        throw notThere(base, hash, `GET: ${causeOf(cause as Error)}`, cause);
      }
    },
  };
}

/** fetch() says `fetch failed`, and why in its cause. */
const causeOf = ({ cause, message }: Error): string => (cause instanceof Error ? cause.message : message);

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const notThere = (place: string, hash: string, why: string, cause?: unknown) =>
  new HarnessError('host', `${place} and ${hash.slice(0, 16)}: ${why}`, {
    remedy: 'look whether the store can be reached from this machine and has space',
    cause,
  });
