import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';

/**
 * A file of JSON lines that this host remembers. Lines are appended whole, so that writers beside each other do no harm;
 * the older half goes when the file is larger than `maxBytes`.
 */
export function rememberedLines<T>(file: string, schema: z.ZodType<T>, maxBytes: number) {
  return {
    async append(entries: readonly T[]): Promise<void> {
      if (entries.length === 0) return;
      await mkdir(path.dirname(file), { recursive: true });
      await appendFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      await halve(file, maxBytes);
    },
    /**
     * Oldest first. A line that cannot be read is as if it were not there.
     * @param isWanted of what may not be valid yet: to check a line costs ten times as much as to read it
     */
    async read(isWanted: (entry: Partial<T>) => boolean = () => true): Promise<T[]> {
      const text = await readFile(file, 'utf8').catch(() => '');
      const entries = text.split('\n').flatMap((line) => parsed<Partial<T>>(line) ?? []);
      return entries.filter(isWanted).flatMap((entry) => schema.safeParse(entry).data ?? []);
    },
  };
}

function parsed<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}

async function halve(file: string, maxBytes: number): Promise<void> {
  if ((await stat(file)).size <= maxBytes) return;
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(`${file}.new`, lines.slice(Math.floor(lines.length / 2)).join('\n'));
  await rename(`${file}.new`, file);
}
