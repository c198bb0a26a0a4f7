import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PatchSeries, SeriesPatch } from './patch-series.js';

/** Writes each patch as a mail of its own, `0003-subject.patch`, decoded and alone. @returns the files, in order */
export async function writePatches({ patches }: PatchSeries, dir: string): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  return Promise.all(
    patches.map(async (patch, index) => {
      const file = path.join(dir, patchFileName(index + 1, patch));
      await writeFile(file, mailOf(patch));
      return file;
    }),
  );
}

export function patchFileName(number: number, { subject }: SeriesPatch): string {
  const words = subject
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 50);
  return `${String(number).padStart(4, '0')}-${words || 'patch'}.patch`;
}

/** Without date and number: the kernel's id must not depend on when it was read, or on how many come after it. */
function mailOf({ subject, author, message, diff }: SeriesPatch): string {
  return [
    `From: ${author}`,
    'Date: Thu, 01 Jan 1970 00:00:00 +0000',
    `Subject: [PATCH] ${subject}`,
    '',
    message,
    '---',
    diff.endsWith('\n') ? diff : `${diff}\n`,
  ].join('\n');
}
