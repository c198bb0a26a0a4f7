import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentId } from '../common/artifact-store.js';
import { cacheDir } from '../common/paths.js';

/** SHA-256 of a file in hex. Remembered by path, size and modification time: hashing 146 MB would delay every look-up. */
export async function tarballHash(file: string): Promise<string> {
  const { size, mtimeNs, ino } = await stat(file, { bigint: true });
  const key = contentId([file, `${size} ${mtimeNs} ${ino}`]);
  const memo = path.join(cacheDir(), 'kernel-trees', `${key}.sha256`);
  const known = await readFile(memo, 'utf8').catch(() => '');
  if (/^[0-9a-f]{64}$/.test(known)) return known;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest('hex');
  await mkdir(path.dirname(memo), { recursive: true });
  await writeFile(memo, digest); // a torn write fails the pattern above
  return digest;
}
