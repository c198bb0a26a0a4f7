import { readFile, readdir, readlink, stat, lstat } from 'node:fs/promises';
import path from 'node:path';
import type { OverlayEntry } from './image.js';

/** One file of an overlay: a link keeps its target, a file its content and whether it is executable. */
export type OverlayFile = { to: string; mode: number } & ({ content: Buffer } | { link: string });

/** Every file of an overlay entry, in an order that depends on names only. */
export async function overlayFiles({ from, to }: OverlayEntry): Promise<OverlayFile[]> {
  if (!(await stat(from)).isDirectory()) return [await overlayFile(from, to)];
  const names = (await readdir(from, { recursive: true })).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const source = path.join(from, name);
      const found = await lstat(source);
      return found.isDirectory() ? undefined : overlayFile(source, path.join(to, name));
    }),
  );
  return files.filter((file) => file !== undefined);
}

async function overlayFile(source: string, to: string): Promise<OverlayFile> {
  const found = await lstat(source);
  if (found.isSymbolicLink()) return { to, mode: 0o777, link: await readlink(source) };
  return { to, mode: found.mode & 0o100 ? 0o755 : 0o644, content: await readFile(source) };
}
