import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findDamage, writeContents } from './artifact-contents.js';
import { acquireLock } from './file-lock.js';
import { HarnessError } from './errors.js';
import { noProgress, type Progress } from './progress.js';

/** A finished artifact: a folder that never changes, with the manifest that was written last. */
export type Artifact<M> = { id: string; dir: string; manifest: M; cached: boolean };

export type BuildRequest<M> = {
  /** Folder of this kind of artifact, e.g. CACHE/kernels. */
  store: string;
  /** Content hash of everything that goes in. */
  id: string;
  /** Fills `dir`; what it returns becomes the manifest. It may be killed at any moment. */
  build: (dir: string) => Promise<M>;
  progress?: Progress;
  signal: AbortSignal;
};

const manifestFile = 'manifest.json';

/** The first 16 hex digits of SHA-256 over the parts, each length-prefixed so that no two lists collide. */
export function contentId(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Looks an artifact up, or builds it once: of several processes that want the same, one builds and the others wait.
 * A build goes to a temporary folder and is renamed into place when it is whole, so a killed one leaves nothing
 * that looks finished. What was damaged since it was built is built again.
 */
export async function ensureArtifact<M>(request: BuildRequest<M>): Promise<Artifact<M>> {
  const { store, id, build, signal, progress = noProgress } = request;
  const damaged = (file: string) => progress(`${file} of ${id} is damaged: building it again`);
  const found = await readArtifact<M>(store, id, damaged);
  if (found) return found;
  await using _lock = await acquireLock(path.join(store, `${id}.lock`), signal, () =>
    progress('waiting for another process that builds the same'),
  ).catch((error: unknown) => {
    throw storeError(error, store);
  });
  const builtMeanwhile = await readArtifact<M>(store, id);
  if (builtMeanwhile) return builtMeanwhile;
  await sweepHalfMade(store, id);
  const half = path.join(store, `${id}.half-made-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(half, { recursive: true });
    const manifest = await build(half);
    await writeContents(half);
    await writeFile(path.join(half, manifestFile), JSON.stringify(manifest, null, 2) + '\n');
    await rename(half, path.join(store, id));
    return { id, dir: path.join(store, id), manifest, cached: false };
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw storeError(error, store);
  }
}

/**
 * A finished artifact of that id, or undefined.
 * @param damaged is told of a file that is not as it was built
 */
export async function readArtifact<M>(
  store: string,
  id: string,
  damaged: (file: string) => void = () => {},
): Promise<Artifact<M> | undefined> {
  const dir = path.join(store, id);
  const manifest = await readManifest<M>(path.join(dir, manifestFile));
  if (!manifest) return undefined;
  const damage = await findDamage(dir);
  if (damage === undefined) return { id, dir, manifest, cached: true };
  damaged(damage);
  return undefined;
}

/** Undefined of one that is absent or damaged: either way the artifact is built (again). */
async function readManifest<M>(file: string): Promise<M | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as M;
  } catch {
    return undefined;
  }
}

/** All finished artifacts of a store, newest first. */
export async function listArtifacts<M>(store: string): Promise<(Artifact<M> & { builtAt: Date })[]> {
  const names = await readdir(store).catch(() => []);
  const found = await Promise.all(
    names.map(async (id) => {
      const artifact = /^[0-9a-f]{16}$/.test(id) ? await readArtifact<M>(store, id) : undefined;
      return artifact && { ...artifact, builtAt: (await stat(artifact.dir)).mtime };
    }),
  );
  return found.filter((a) => a !== undefined).sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime());
}

/** Under the id's lock nobody else builds it: what is half-made belongs to a dead process, a folder without manifest is damaged. */
async function sweepHalfMade(store: string, id: string): Promise<void> {
  const stale = (await readdir(store).catch(() => [])).filter(
    (n) => n === id || n.startsWith(`${id}.half-made-`),
  );
  await Promise.all(stale.map((name) => rm(path.join(store, name), { recursive: true, force: true })));
}

function storeError(error: unknown, store: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EROFS' && code !== 'EACCES') return error;
  return new HarnessError('host', `cannot write to ${store}: ${(error as Error).message}`, {
    remedy: 'free space there, or point XDG_CACHE_HOME to a writable folder with 15 GB free',
    cause: error,
  });
}
