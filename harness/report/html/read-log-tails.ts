import { open } from 'node:fs/promises';
import path from 'node:path';
import { inertLines } from '../inert-text.js';
import type { LoadedRun } from '../load-run.js';
import type { Result } from '../run-document.js';
import { resultFolder } from '../../scenario/result-folder.js';

/** The end of a log; `leftOutBytes` stand before it in the file. */
export type LogTail = { file: string; lines: string[]; leftOutBytes: number };

const maxBytes = 12 * 1024;
const wanted = new Set(['console.log', 'qemu.log']);

/** The logs of a result that did not pass; of one that did they are in the run folder only. */
export async function readLogTails(
  { dir }: Pick<LoadedRun, 'dir'>,
  { outcome, artifacts, scenario, variant }: Result,
): Promise<LogTail[]> {
  if (outcome === 'pass' || outcome === 'skip') return [];
  const folder = path.posix.join('results', resultFolder(scenario, variant));
  // what a run.json from elsewhere names is not read from outside of its result's folder
  const files = artifacts.filter(
    (file) => wanted.has(path.posix.basename(file)) && path.posix.normalize(file).startsWith(`${folder}/`),
  );
  const tails = await Promise.all(files.map((file) => tailOf(dir, file).catch(() => undefined)));
  return tails.filter((tail) => tail !== undefined && tail.lines.length > 0) as LogTail[];
}

async function tailOf(dir: string, file: string): Promise<LogTail> {
  await using handle = await open(path.join(dir, file));
  const { size } = await handle.stat();
  const start = Math.max(0, size - maxBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
  const text = buffer.subarray(0, bytesRead).toString('utf8');
  const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  const lines = inertLines(whole.trimEnd()).filter((line, i, all) => line !== '' || i < all.length - 1);
  return { file, lines, leftOutBytes: size - Buffer.byteLength(whole) };
}
