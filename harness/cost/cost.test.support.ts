import type { CountedBlock } from '../evidence/executed-blocks.js';
import type { CountedRun } from '../evidence/counted-runs.js';
import type { Chain } from '../coverage/inline-chains.js';
import { KernelCode } from './kernel-code.js';
import type { ApartCost, FunctionCost, StepCost } from './step-cost.js';

const frame = (name: string, file: string) => ({ function: name, file, line: 1 });

/**
 * A kernel of instructions of 4 bytes: each function begins at its address and has that many, of which the last
 * `inlined` ones are of another function.
 */
export function kernelOf(
  functions: { name: string; file: string; at: number; count: number; inlined?: [string, number] }[],
): KernelCode {
  const chains = new Map<number, Chain>();
  const starts: number[] = [];
  for (const { name, file, at, count, inlined: [inner, last] = ['', 0] } of functions)
    for (let n = 0; n < count; n++) {
      starts.push(at + 4 * n);
      const outer = frame(name.replace(/\..*/, ''), file);
      chains.set(at + 4 * n, n >= count - last ? [frame(inner, 'include/x.h'), outer] : [outer]);
    }
  const symbols = functions.map(({ name, at, count }) => ({ name, start: at, end: at + 4 * count }));
  return new KernelCode(symbols, starts, chains);
}

export const block = (address: number, instructions: number, runs: number): CountedBlock => ({
  ...{ address, bytes: 4 * instructions, instructions, runs },
});

/** Of one step, short and long in turn: so many I/Os, and the blocks that ran. */
export const countedRuns = (...runs: [ios: number, blocks: CountedBlock[]][]): CountedRun[] =>
  runs.map(([ios, blocks]) => ({
    ...{ step: 'write', work: 'bs=4k', machine: 'host', ios, bytes: ios * 4096 },
    executed: { blocks, dropped: 0 },
  }));

export const functionCost = (
  name: string,
  perIo: number,
  more: Partial<FunctionCost> = {},
): FunctionCost => ({ name, area: 'block', perIo, spread: 0, ...more });

export const stepCost = (functions: FunctionCost[], apart: ApartCost[] = []): StepCost => ({
  ...{ step: 'write', machine: 'host', ios: 1024, bytes: 1024 * 4096 },
  ...{ functions, apart, incomplete: false },
  pathPerIo: functions.reduce((sum, { perIo }) => sum + perIo, 0),
});
