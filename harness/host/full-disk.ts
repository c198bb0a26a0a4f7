import { statfs } from 'node:fs/promises';
import { DiskFull, HarnessError, Interrupted } from '../common/errors.js';

/** With less left, something may have been cut off already, and programs do not always say so. */
export const fullBytes = 2 ** 20;

/**
 * Does what writes to the disk of `dir`. Of what fails there while the disk is full, that is the reason, whatever was
 * said: a compiler may end without a word, git cannot "write the ref", and what was half made is removed.
 * @throws DiskFull then
 */
export async function orFullDisk<T>(
  dir: string,
  work: () => Promise<T>,
  freeBytes: (dir: string) => Promise<number> = freeBytesOf,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const free = await freeBytes(dir).catch(() => Infinity);
    if (error instanceof Interrupted || error instanceof DiskFull || free >= fullBytes) throw error;
    const evidence = error instanceof HarnessError ? error.evidence : undefined;
    const how = `the disk of ${dir} is full: ${Math.floor(free / 1024)} KiB are free`;
    throw new DiskFull('host', `${(error as Error).message}; ${how}`, {
      remedy: 'free space there, or point XDG_CACHE_HOME to a folder with 15 GB free',
      cause: error,
      evidence,
    });
  }
}

/** Root may also use what is kept for it. Infinity of a file system that does not say. */
export async function freeBytesOf(dir: string): Promise<number> {
  const { blocks, bavail, bfree, bsize } = await statfs(dir);
  if (blocks === 0) return Infinity;
  return (process.geteuid?.() === 0 ? bfree : bavail) * bsize;
}
