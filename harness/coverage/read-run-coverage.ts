import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { BlockSum, coverageFile, unpackBlocks, type ExecutedBlocks } from '../evidence/executed-blocks.js';
import { readRun } from '../report/read-run.js';
import type { RunKernel } from './kernel-of-run.js';

/** What ran of one kernel in all variants of some runs. */
export type RecordedKernel = { kernel: RunKernel; variants: number; executed: ExecutedBlocks };

/**
 * Merges what was recorded, kernel by kernel.
 * @throws HarnessError(scenario) when a folder is no run, or nothing was recorded in any
 */
export async function readRunCoverage(dirs: readonly string[]): Promise<RecordedKernel[]> {
  const byId = new Map<string, { kernel: RunKernel; variants: number; sum: BlockSum }>();
  for (const dir of dirs) {
    const run = await readRun(dir);
    for (const result of run.results) {
      const artifact = result.artifacts.find((name) => path.basename(name) === coverageFile);
      const kernel = run.kernels.find(({ name }) => name === result.kernel);
      if (artifact === undefined || !kernel) continue;
      const file = path.join(dir, artifact);
      const known = byId.get(kernel.id) ?? { kernel, variants: 0, sum: new BlockSum() };
      known.sum.add(await unpackBlocks(await readFile(file), file));
      known.variants++;
      byId.set(kernel.id, known);
    }
  }
  const recorded = [...byId.values()];
  if (recorded.length > 0)
    return recorded.map(({ kernel, variants, sum }) => ({ kernel, variants, executed: sum.total() }));
  throw new HarnessError('scenario', `no variant of ${dirs.join(', ')} has coverage`, {
    remedy: 'run the scenarios again with --coverage',
  });
}
