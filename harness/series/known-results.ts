import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentId } from '../common/artifact-store.js';
import { stateDir } from '../common/paths.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Cell } from './grid.js';

/** What decides how a variant comes out, the host's mood aside. */
export type ResultKey = {
  /** SHA-256 of the bzImage: kernels that are the same bit by bit share their results, whatever was patched. */
  imageHash: string;
  rootfsId: string;
  harness: string;
  accelerator: string;
  controls: boolean;
  scenario: Scenario;
};

export async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

export const keyOf = ({ scenario, ...rest }: ResultKey): string => {
  const { file: _, ...meant } = scenario;
  return contentId([JSON.stringify(meant), JSON.stringify(rest)]);
};

const fileOf = (key: string, dir: string) => path.join(dir, 'cells', `${key}.json`);

/** A pass or fail of the same kernel, image and scenario that is on record. */
export async function knownCell(key: string, dir = stateDir()): Promise<Cell | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(key, dir), 'utf8')) as Cell;
  } catch {
    return undefined; // none, or one that was cut off
  }
}

/** Only what says something about the kernel is worth keeping; an outcome that is not the same each time is not. */
export async function rememberCell(key: string, cell: Cell, dir = stateDir()): Promise<void> {
  const flaky = cell.tries !== undefined && cell.tries.failed < cell.tries.of;
  if (!['pass', 'fail'].includes(cell.outcome) || flaky) return;
  const file = fileOf(key, dir);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(cell) + '\n');
  await rename(`${file}.${process.pid}`, file);
}
