import path from 'node:path';
import * as z from 'zod';
import { stateDir } from '../common/paths.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import { rememberedLines } from './remembered-lines.js';
import type { Reporter } from './reporter.js';

const entrySchema = z.object({
  at: z.iso.datetime(),
  /** As in run.json: `nvme-copy-p2p [provider=shm0]`. */
  title: z.string(),
  kernel: z.string(),
  outcome: z.string(),
  bootMs: z.number().optional(),
  wallMs: z.number(),
  workId: z.string().optional(),
  /** The most that its QEMUs had together; only of a pass, as what ended early may not have come to it. */
  peakMemoryBytes: z.number().optional(),
  /** Processor time of its QEMUs together; of a pass, too. */
  processorSeconds: z.number().optional(),
});
/** How long a variant took on this host, and how much memory and processor time. */
export type HistoryEntry = z.infer<typeof entrySchema>;

/** The older half of the file goes when it is larger: some 200 B a line. */
const maxBytes = 4 * 2 ** 20;

const linesIn = (dir: string) => rememberedLines(path.join(dir, 'history.jsonl'), entrySchema, maxBytes);

/** Remembers how long each variant took, and how much memory and processor time. */
export const historyFile = (dir = stateDir()): Reporter => ({
  name: 'history.jsonl',
  async on(event) {
    if (event.type !== 'finished') return;
    const { title, workId, result } = event;
    const { kernel, outcome, phases, peakMemoryBytes, processorSeconds } = result;
    const { bootMs, wallMs } = phases;
    if (wallMs === undefined) return;
    const entry = { at: new Date().toISOString(), title, kernel, outcome, bootMs, wallMs };
    const isWhole = outcome === 'pass' && workId !== undefined;
    const used = isWhole
      ? { peakMemoryBytes: sumOf(peakMemoryBytes), processorSeconds: sumOf(processorSeconds) }
      : {};
    const known = Object.entries(used).filter(([, value]) => value !== undefined);
    const memory = known.length > 0 ? { workId, ...Object.fromEntries(known) } : {};
    await linesIn(dir).append([{ ...entry, ...memory }]);
  },
});

function sumOf(byMachine: Record<string, number> = {}): number | undefined {
  const values = Object.values(byMachine);
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) : undefined;
}

/** Oldest first. A line that cannot be read is as if it were not there. */
export const readHistory = async (dir = stateDir()): Promise<HistoryEntry[]> => linesIn(dir).read();

/** Of these variants only. */
export async function readHistoryOf(
  variants: readonly Pick<Scenario, 'name' | 'variant'>[],
  dir = stateDir(),
): Promise<HistoryEntry[]> {
  const titles = new Set<unknown>(variants.map(({ name, variant }) => scenarioTitle(name, variant)));
  return linesIn(dir).read(({ title }) => titles.has(title));
}
