import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { HarnessError } from '../common/errors.js';
import type { CountedBlock, ExecutedBlocks } from './executed-blocks.js';

/** What ran of a machine's kernel while a step's I/O was repeated. `dropped` as in ExecutedBlocks. */
export type CountedRun = {
  step: string;
  /** Which of the step's I/O: `bs=4k`. */
  work: string;
  machine: string;
  ios: number;
  bytes: number;
  executed: ExecutedBlocks<CountedBlock>;
};

/** In the folder of a result, one for each step whose I/O was counted. */
export const countedFile = (step: string): string => `cost-${step}.gz`;
export const isCountedFile = (name: string): boolean => /^cost-.+\.gz$/.test(name);

const firstLine = 'p2plab.counted-runs/1';

/** As kept in a result folder: of each run a line of JSON, then lines of address (hex), bytes, instructions and runs. */
export async function packCounted(runs: readonly CountedRun[]): Promise<Buffer> {
  const lines = runs.flatMap(({ executed: { blocks, dropped }, ...run }) => [
    JSON.stringify({ ...run, dropped, blocks: blocks.length }),
    ...blocks.map((b) => `${b.address.toString(16)} ${b.bytes} ${b.instructions} ${b.runs}`),
  ]);
  return promisify(gzip)(`${[firstLine, ...lines].join('\n')}\n`);
}

type Head = Omit<CountedRun, 'executed'> & { dropped: number; blocks: number };

/** @throws HarnessError(scenario) when it is not what packCounted made; `file` is for the message */
export async function unpackCounted(packed: Buffer, file: string): Promise<CountedRun[]> {
  try {
    const [first, ...lines] = (await promisify(gunzip)(packed)).toString().trimEnd().split('\n');
    if (first !== firstLine) throw new Error('of another version');
    const runs: CountedRun[] = [];
    for (let at = 0; at < lines.length;) {
      const { dropped, blocks: count, ...run } = JSON.parse(lines[at]!) as Head;
      const blocks = lines.slice(at + 1, at + 1 + count).map(readBlock);
      if (blocks.length !== count) throw new Error('cut off');
      runs.push({ ...run, executed: { blocks, dropped } });
      at += 1 + count;
    }
    return runs;
  } catch (cause) {
    throw new HarnessError('scenario', `${file} is damaged, or of another version of p2plab`, {
      remedy: 'run the scenario again with --cost',
      evidence: file,
      cause,
    });
  }
}

function readBlock(line: string): CountedBlock {
  const [address = '', bytes, instructions, runs] = line.split(' ');
  const block = {
    address: parseInt(address, 16),
    bytes: Number(bytes),
    runs: Number(runs),
    instructions: Number(instructions),
  };
  if (Object.values(block).every(Number.isSafeInteger)) return block;
  throw new Error(`no block: ${line}`);
}
