import { constants } from 'node:fs';
import { access, mkdir, open, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir } from '../common/paths.js';

export type KeptAnswer = {
  /** Of its file in CACHE/probes. */
  name: string;
  /** Everything that the answer depends on, by `programMark`, `fileMark` or in words; undefined: it must be asked. */
  marks: readonly (string | undefined)[];
  /** Asks, and gives undefined for what is no answer to keep. */
  ask: () => Promise<string | undefined>;
};

/**
 * What a program answered when it and the files that it reads were as they are now: to start QEMU for its version is a
 * tenth of a second of processor time at each run. A cache that cannot be read or written is asked past.
 */
export async function keptAnswer({ name, marks, ask }: KeptAnswer): Promise<string | undefined> {
  if (marks.includes(undefined)) return ask();
  const file = path.join(cacheDir(), 'probes', `${name}.json`);
  const kept = await readFile(file, 'utf8').then(parse, () => undefined);
  if (kept && kept.marks?.join('\n') === marks.join('\n') && typeof kept.answer === 'string')
    return kept.answer;
  const answer = await ask();
  if (answer !== undefined) await keep(file, JSON.stringify({ marks, answer })).catch(() => {});
  return answer;
}

/**
 * Marks a program of $PATH. Undefined for a script or for a link to something of another name (ccache): what these
 * answer is decided elsewhere.
 */
export async function programMark(name: string): Promise<string | undefined> {
  const found = await findProgram(name);
  if (found === undefined) return undefined;
  const real = await realpath(found);
  if (!path.basename(real).includes(name) || !(await isElf(real))) return undefined;
  return fileMark(real);
}

/** Changes when the file or folder is written or replaced; undefined when there is none. */
export async function fileMark(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found && [file, found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

/** The path of a program as a shell finds it. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const dir of (process.env.PATH ?? '').split(':')) {
    const file = path.resolve(dir, name);
    const runs = access(file, constants.X_OK).then(() => stat(file));
    if (await runs.then((found) => found.isFile()).catch(() => false)) return file;
  }
  return undefined;
}

async function isElf(file: string): Promise<boolean> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return buffer.toString('latin1') === '\x7fELF';
}

const parse = (text: string) => {
  try {
    return JSON.parse(text) as { marks?: string[]; answer?: unknown } | null;
  } catch {
    return undefined;
  }
};

/** Not by renaming, which may leave a file behind: what was half written is no JSON, and asked again. */
async function keep(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
