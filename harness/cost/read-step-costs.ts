import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { vmlinuxOf, type RunKernel } from '../coverage/kernel-of-run.js';
import { isCountedFile, unpackCounted, type CountedRun } from '../evidence/counted-runs.js';
import type { CountedBlock } from '../evidence/executed-blocks.js';
import { readKernelCode } from './kernel-code.js';
import type { StepCost } from './step-cost.js';
import { stepCosts } from './step-costs.js';

/**
 * What an I/O of each step costs, from the folder of a result that was run with --cost.
 * @throws HarnessError(scenario) when nothing was counted there, or the kernel's vmlinux is gone or has no line table
 */
export async function readStepCosts(
  resultDir: string,
  kernel: RunKernel,
  signal: AbortSignal,
): Promise<StepCost[]> {
  const files = (await readdir(resultDir)).filter(isCountedFile).sort();
  const read = files.map(async (name) => {
    const file = path.join(resultDir, name);
    return unpackCounted(await readFile(file), file);
  });
  const runs = (await Promise.all(read)).flat();
  if (runs.length === 0)
    throw new HarnessError('scenario', `${resultDir} has no counted I/O`, {
      remedy: 'run the scenario again with --cost; it needs a fio step',
    });
  const blocks = unique(runs.flatMap(({ executed }) => executed.blocks));
  const vmlinux = await vmlinuxOf(kernel, signal);
  return stepCosts(runs, await readKernelCode(vmlinux, { blocks, busy: busyBlocks(runs) }, signal));
}

const key = ({ address, bytes }: CountedBlock): number => address * 2 ** 16 + bytes;

const unique = (blocks: readonly CountedBlock[]): CountedBlock[] => [
  ...new Map(blocks.map((block) => [key(block), block])).values(),
];

/** Below it a block makes no difference to what a function costs. */
const leastRunsPerIo = 0.01;

/** Those that run more often in a long run than in the short one before it. */
function busyBlocks(runs: readonly CountedRun[]): CountedBlock[] {
  const busy = runs.flatMap((long, n) => {
    const short = runs[n - 1];
    if (!short || long.ios <= short.ios) return [];
    const fewer = new Map(short.executed.blocks.map((block) => [key(block), block.runs]));
    const least = leastRunsPerIo * (long.ios - short.ios);
    return long.executed.blocks.filter((block) => block.runs - (fewer.get(key(block)) ?? 0) >= least);
  });
  return unique(busy);
}
