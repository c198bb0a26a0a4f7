import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { stateDir } from '../common/paths.js';
import type { Reporter } from './reporter.js';

const entrySchema = z.object({
  at: z.iso.datetime(),
  /** As in run.json: `nvme-copy-p2p [provider=shm0]`. */
  title: z.string(),
  kernel: z.string(),
  outcome: z.string(),
  bootMs: z.number().optional(),
  wallMs: z.number(),
});
/** How long a variant took on this host. */
export type HistoryEntry = z.infer<typeof entrySchema>;

/** The older half of the file goes when it is larger: some 200 B a line. */
const maxBytes = 4 * 2 ** 20;

const fileIn = (dir: string) => path.join(dir, 'history.jsonl');

/** Remembers how long each variant took. Lines are appended whole, so that runs beside each other do no harm. */
export const historyFile = (dir = stateDir()): Reporter => ({
  name: 'history.jsonl',
  async on(event) {
    if (event.type !== 'finished' || event.result.phases.wallMs === undefined) return;
    const { kernel, outcome, phases } = event.result;
    const { bootMs, wallMs } = phases;
    const entry = { at: new Date().toISOString(), title: event.title, kernel, outcome, bootMs, wallMs };
    await mkdir(dir, { recursive: true });
    await appendFile(fileIn(dir), JSON.stringify(entry) + '\n');
    await halve(dir);
  },
});

/** Oldest first. A line that cannot be read is as if it were not there. */
export async function readHistory(dir = stateDir()): Promise<HistoryEntry[]> {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => readEntry(line) ?? []);
}

function readEntry(line: string): HistoryEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function halve(dir: string): Promise<void> {
  if ((await stat(fileIn(dir))).size <= maxBytes) return;
  const lines = (await readFile(fileIn(dir), 'utf8')).split('\n');
  await writeFile(`${fileIn(dir)}.new`, lines.slice(Math.floor(lines.length / 2)).join('\n'));
  await rename(`${fileIn(dir)}.new`, fileIn(dir));
}
