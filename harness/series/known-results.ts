import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentId } from '../common/artifact-store.js';
import { packageRoot, stateDir } from '../common/paths.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Cell } from './grid.js';
import { failuresInARow } from './tries.js';

/** What decides how a variant comes out, the host's mood aside. */
export type ResultKey = {
  /** SHA-256 of the bzImage: kernels that are the same bit by bit share their results, whatever was patched. */
  imageHash: string;
  rootfsId: string;
  /** Of p2plab's own code, which decides what is asked and what is judged. */
  harness: string;
  /** Version of QEMU and accelerator. */
  machine: string;
  controls: boolean;
  scenario: Scenario;
  /** Hashes of the files that its steps take along. */
  files: readonly string[];
};

/** A result on record: its cell, with an absolute folder, and whether the guest came up. */
export type KnownResult = { cell: Cell; booted: boolean };

export async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Of a file, or of all files below a folder with their names. */
export async function hashOfTree(place: string): Promise<string> {
  if ((await stat(place)).isFile()) return hashOfFile(place);
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => path.join(e.parentPath, e.name));
  const hashes = await Promise.all(files.sort().map(hashOfFile));
  return contentId(hashes.flatMap((hash, n) => [path.relative(place, files[n]!), hash]));
}

/** Of the compiled code of this package without its tests, before it is bundled: some hundred small files. */
export async function harnessHash(dist = path.join(packageRoot, 'dist')): Promise<string> {
  const names = await readdir(dist, { recursive: true });
  const isCode = (name: string) => /^(?!bundle\/).*\.js$/.test(name) && !name.includes('.test.');
  const code = names.filter(isCode).sort();
  const texts = await Promise.all(code.map((name) => readFile(path.join(dist, name))));
  return contentId(code.flatMap((name, n) => [name, texts[n]!]));
}

/** Where the scenario file lies does not count. */
export const keyOf = ({ scenario, ...rest }: ResultKey): string => {
  const { file: _, ...meant } = scenario;
  return contentId([JSON.stringify(meant), JSON.stringify(rest)]);
};

const fileOf = (key: string, dir: string) => path.join(dir, 'cells', `${key}.json`);

/** A pass or fail of the same kernel, image and scenario that is on record. */
export async function knownResult(key: string, dir = stateDir()): Promise<KnownResult | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(key, dir), 'utf8')) as KnownResult;
  } catch {
    return undefined; // none, or one that was cut off
  }
}

/**
 * Only what says something about the kernel is worth keeping: not what differs from time to time, nor a failure that was
 * not seen often enough, nor what the host broke a run of. @returns whether it was kept
 */
export async function rememberResult(key: string, known: KnownResult, dir = stateDir()): Promise<boolean> {
  const { outcome, tries } = known.cell;
  if ((tries?.broken ?? 0) > 0) return false;
  if (outcome !== 'pass' && !(outcome === 'fail' && tries && tries.failed >= failuresInARow)) return false;
  const file = fileOf(key, dir);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(known) + '\n');
  await rename(`${file}.${process.pid}`, file);
  return true;
}
