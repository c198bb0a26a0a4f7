import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { vmlinuxOf, type RunKernel } from '../coverage/kernel-of-run.js';
import { isCountedFile, unpackCounted } from '../evidence/counted-runs.js';
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
  const blocks = runs.flatMap(({ executed }) => executed.blocks);
  const code = await readKernelCode(await vmlinuxOf(kernel, signal), uniqueBlocks(blocks), signal);
  return stepCosts(runs, code);
}

const uniqueBlocks = <Block extends { address: number; bytes: number }>(
  blocks: readonly Block[],
): Block[] => [...new Map(blocks.map((block) => [block.address * 2 ** 16 + block.bytes, block])).values()];
