import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readArtifact } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { acquireLock } from '../common/file-lock.js';
import { cacheDir } from '../common/paths.js';
import { buildFolder } from '../jobs/ci-matrix.js';
import type { Build } from '../jobs/plan-document.js';
import { getBlob } from './blob-store.js';
import { unpackFolder } from './pack.js';
import { keys, queueOf, type Pool } from './pool-queue.js';
import type { Context } from './worker-context.js';

/** In place of the artifact of a kernel that a patch of a series breaks. */
export const notBuilt = 'not-built';

/** In this machine's cache. */
export const placeOf = (build: Build): string => path.join(cacheDir(), buildFolder(build));

export const isBuilt = async (build: Build): Promise<boolean> =>
  (await readArtifact(path.dirname(placeOf(build)), path.basename(placeOf(build)))) !== undefined;

/** From this machine's cache, else from the store. @returns false while nobody has built it */
export async function haveBuild(build: Build, stop: AbortSignal, { pool, store }: Context): Promise<boolean> {
  if (await isBuilt(build)) return true;
  const blob = await pool.redis.hget(keys.artifacts, build.id);
  if (blob === null) return false;
  if (blob === notBuilt) return true; // its jobs find out again why, and say so in their bundles
  // one place for all jobs of this machine, where a transfer that broke off goes on
  const file = path.join(cacheDir(), 'fetched', blob);
  await mkdir(path.dirname(file), { recursive: true });
  await using _lock = await acquireLock(`${file}.lock`, stop);
  if (await isBuilt(build)) return true;
  await getBlob(store, blob, file);
  await unpackFolder(file, placeOf(build), stop);
  await rm(file);
  return true;
}

/** @throws HarnessError(scenario) when all tries to build it have failed: who waits for it would wait for ever */
export async function mustStillCome(pool: Pool, { id, kind, name, needs }: Build): Promise<void> {
  const queued = await pool.queue(queueOf(needs)).getJob(id);
  if (!queued || !(await queued.isFailed())) return;
  throw new HarnessError('scenario', `${kind} ${name} could not be built: ${queued.failedReason}`, {
    remedy: `build it by hand: p2plab ${kind} build ${name}`,
  });
}
