import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writeWhole } from '../report/write-whole.js';
import { resultSchema } from '../report/run-document.js';
import { hashOfFile } from '../series/known-results.js';
import { planSchema, type Job } from './plan-document.js';

/** What makes a run folder the bundle of a job; written last, so that a folder without it is half made. */
export const bundleFile = 'job.json';

export const bundleSchema = z.strictObject({
  schema: z.literal('p2plab.bundle/1'),
  job: planSchema.shape.jobs.element,
  harness: planSchema.shape.harness,
  outcome: resultSchema.shape.outcome,
  kernelImage: z.string().optional().describe('hash of the image and modules that ran; of a series'),
  notBuilt: z
    .strictObject({
      what: z.enum(['applies', 'builds']).describe('what failed'),
      message: z.string(),
      log: z.string().optional().describe('a file of the bundle'),
    })
    .optional()
    .describe('of a series: why the job has no kernel to run on; there is no run.json then'),
  endedAt: z.iso.datetime(),
  files: z
    .record(z.string(), z.string())
    .describe(
      'SHA-256 of every file of the bundle but this one, by path; of a symbolic link, of where it leads',
    ),
});
export type BundleDocument = z.infer<typeof bundleSchema>;

/** A job's run folder, whole; `problem` when it is not to be trusted. */
export type Bundle = { dir: string } & (
  { document: BundleDocument; problem?: undefined } | { document?: undefined; problem: string }
);

/** Finishes a bundle: nothing in it changes afterwards. */
export async function sealBundle(
  dir: string,
  { job, harness, ...more }: Pick<BundleDocument, 'job' | 'harness' | 'kernelImage' | 'notBuilt'>,
  outcome: BundleDocument['outcome'],
): Promise<BundleDocument> {
  const document: BundleDocument = {
    ...{ schema: 'p2plab.bundle/1', job, harness, outcome, ...more },
    endedAt: new Date().toISOString(),
    files: await hashesOf(dir),
  };
  await writeWhole(path.join(dir, bundleFile), `${JSON.stringify(bundleSchema.parse(document), null, 2)}\n`);
  return document;
}

/**
 * Undefined when the folder is no finished bundle. Its files are read and must be what they were when it was finished,
 * and no others.
 */
export async function readBundle(dir: string): Promise<Bundle | undefined> {
  const text = await readFile(path.join(dir, bundleFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = parseBundle(text);
  if (typeof parsed === 'string') return { dir, problem: parsed };
  const problem = differenceOf(parsed.files, await hashesOf(dir));
  return problem === undefined ? { dir, document: parsed } : { dir, problem };
}

type Hashes = BundleDocument['files'];

function differenceOf(sealed: Hashes, now: Hashes): string | undefined {
  const wrong = Object.keys(sealed).find((file) => now[file] !== sealed[file]);
  if (wrong !== undefined) return now[wrong] === undefined ? `${wrong} is missing` : `${wrong} has changed`;
  const added = Object.keys(now).find((file) => sealed[file] === undefined);
  return added && `${added} was added after the job had ended: move it elsewhere`;
}

function parseBundle(text: string): BundleDocument | string {
  try {
    const json = JSON.parse(text) as { schema?: unknown };
    if (json.schema !== 'p2plab.bundle/1') return `${bundleFile} is of schema ${String(json.schema)}`;
    const read = bundleSchema.safeParse(json);
    return read.success ? read.data : `${bundleFile}: ${z.prettifyError(read.error).split('\n')[0]}`;
  } catch {
    return `${bundleFile} is no JSON`;
  }
}

/** Bundles in folders and below them, as deep as CI systems unpack artifacts; in the order of the paths. */
export async function findBundles(dirs: readonly string[], depth = 4): Promise<Bundle[]> {
  const found = await Promise.all(dirs.map((dir) => bundlesIn(path.resolve(dir), depth)));
  const byDir = new Map(found.flat().map((bundle) => [bundle.dir, bundle]));
  return [...byDir.values()].sort((a, b) => (a.dir < b.dir ? -1 : 1));
}

async function bundlesIn(dir: string, depth: number): Promise<Bundle[]> {
  const bundle = await readBundle(dir);
  if (bundle) return [bundle];
  if (depth === 0) return [];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(dir, entry.name));
  return (await Promise.all(folders.map((folder) => bundlesIn(folder, depth - 1)))).flat();
}

/** All files and links below but job.json, with `/` between names. */
async function hashesOf(dir: string): Promise<Hashes> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => [path.relative(dir, path.join(entry.parentPath, entry.name)), entry] as const)
    .filter(([file]) => file !== bundleFile)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes: Hashes = {};
  for (const [file, entry] of files) {
    const place = path.join(dir, file);
    hashes[file] = entry.isSymbolicLink() ? hashOfLink(await readlink(place)) : await hashOfFile(place);
  }
  return hashes;
}

const hashOfLink = (target: string): string => createHash('sha256').update(`link to ${target}`).digest('hex');

/** Makes a folder for a job's bundle. @returns it */
export async function bundleDir(out: string, { id }: Pick<Job, 'id'>): Promise<string> {
  const dir = path.join(out, id);
  await mkdir(out, { recursive: true });
  return dir;
}

export const isFolder = (dir: string): Promise<boolean> =>
  stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  );
