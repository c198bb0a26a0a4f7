import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** @returns the file, which is never there in part */
export async function writeWhole(file: string, text: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return file;
}
