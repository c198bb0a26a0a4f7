import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a file of an artifact must have in it, and how it looked when that was last seen to be so. */
type Content = { sha256: string; stamp: string };
type Contents = Record<string, Content>;

/** Beside the files of an artifact that it is about. */
export const contentsFile = 'contents.json';

/** Notes the hashes of all files below a folder, which is not to change from now on. */
export async function writeContents(dir: string): Promise<void> {
  const contents: Contents = {};
  for (const name of await filesBelow(dir)) {
    const file = path.join(dir, name);
    contents[name] = { stamp: await stampOf(file), sha256: await sha256Of(file) };
  }
  await save(dir, contents);
}

/**
 * The first file of an artifact that is not as it was built; undefined when all are, or when it was built by a version
 * that did not note them. A file is read only when it looks touched: 250 MB take half a second to hash. What a disk
 * changes by itself is therefore not found.
 */
export async function findDamage(dir: string): Promise<string | undefined> {
  const text = await readFile(path.join(dir, contentsFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const contents = parsed(text);
  if (!contents) return contentsFile;
  let touched = false;
  for (const [name, content] of Object.entries(contents)) {
    const file = path.join(dir, name);
    const stamp = await stampOf(file).catch(() => undefined);
    if (stamp === content.stamp) continue;
    if (stamp === undefined || (await sha256Of(file).catch(() => undefined)) !== content.sha256) return name;
    content.stamp = stamp; // copied, or linked: the same in it
    touched = true;
  }
  if (touched) await save(dir, contents).catch(() => {}); // read-only: it is hashed the next time, too
  return undefined;
}

/** Size, inode, and the times of the last write and of the last change of any kind: nobody can set the latter. */
async function stampOf(file: string): Promise<string> {
  const { size, ino, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [size, ino, mtimeNs, ctimeNs].join(' ');
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function save(dir: string, contents: Contents): Promise<void> {
  const file = path.join(dir, contentsFile);
  const half = `${file}.${process.pid}`;
  await writeFile(half, JSON.stringify(contents, null, 1) + '\n');
  await rename(half, file);
}

function parsed(text: string): Contents | undefined {
  try {
    return JSON.parse(text) as Contents;
  } catch {
    return undefined;
  }
}
