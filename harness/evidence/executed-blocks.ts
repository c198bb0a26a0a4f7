import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { HarnessError } from '../common/errors.js';

/** What host/plugins/executed-blocks.c writes. */
const magic = 'p2plabEB';
const format = 1;
const blockBytes = 24;

/**
 * Instructions that run one after the other. `address` is less `kernelBase`: all code of an x86-64 kernel is in the
 * top 2 GiB, so that it fits into a number.
 */
export type ExecutedBlock = { address: number; bytes: number; runs: number };
/** With how many instructions a run of it is. */
export type CountedBlock = ExecutedBlock & { instructions: number };
export const kernelBase = 0xffff_ffff_0000_0000n;

/** `dropped`: how often a block found no place in the plugin's table, which makes the rest incomplete. */
export type ExecutedBlocks<Block extends ExecutedBlock = ExecutedBlock> = {
  blocks: Block[];
  dropped: number;
};

/** The plugin's table as it was at one moment: a block has the same place in every later one. */
export type BlockTable = { table: Buffer; dropped: number };

/**
 * Reads the file that the plugin has mapped; QEMU may have ended in any way, or still run.
 * @throws HarnessError(harness) when the file is not one of this plugin's
 */
export async function readBlockTable(file: string): Promise<BlockTable> {
  await using handle = await open(file, 'r');
  const header = (await handle.read(Buffer.alloc(40), 0, 40, 0)).buffer;
  if (header.toString('latin1', 0, 8) !== magic || header.readUInt32LE(8) !== format)
    throw new HarnessError('harness', `${file} is not what the plugin executed-blocks writes`, {
      remedy: 'read qemu.log beside it: the plugin may have been stopped while it started',
      evidence: file,
    });
  const start = header.readUInt32LE(12);
  const used = Number(header.readBigUInt64LE(24));
  const { buffer: table } = await handle.read(Buffer.alloc(used * blockBytes), 0, used * blockBytes, start);
  return { table, dropped: Number(header.readBigUInt64LE(32)) };
}

/** The blocks that ran since `before`, or at all. */
export function ranSince(
  before: BlockTable | undefined,
  { table, dropped }: BlockTable,
): ExecutedBlocks<CountedBlock> {
  const blocks: CountedBlock[] = [];
  for (let at = 0; at < table.length; at += blockBytes) {
    const runs = readRuns(table, at) - (before && at < before.table.length ? readRuns(before.table, at) : 0);
    if (runs > 0) blocks.push({ ...readBlock(table, at), runs });
  }
  return { blocks, dropped: dropped - (before?.dropped ?? 0) };
}

/** The blocks that ran until now, or until QEMU ended. @throws as readBlockTable() */
export async function readPluginFile(file: string): Promise<ExecutedBlocks<CountedBlock>> {
  return ranSince(undefined, await readBlockTable(file));
}

/** Exact up to 2^53. */
const readRuns = (table: Buffer, at: number): number =>
  table.readUInt32LE(at + 8) + table.readUInt32LE(at + 12) * 2 ** 32;

const readBlock = (table: Buffer, at: number): Omit<CountedBlock, 'runs'> => ({
  address: table.readUInt32LE(at), // all are in the top 2 GiB
  bytes: table.readUInt32LE(at + 16),
  instructions: table.readUInt32LE(at + 20),
});
/** Blocks of several machines or runs of one kernel; the runs of the same block are added. */
export class BlockSum {
  readonly #blocks = new Map<number, ExecutedBlock>();
  #dropped = 0;

  add({ blocks, dropped }: ExecutedBlocks): void {
    for (const { address, bytes, runs } of blocks) {
      const key = address * 2 ** 16 + bytes; // exact: an address has 32 bits, and a block is two pages at most
      const known = this.#blocks.get(key);
      if (known) known.runs += runs;
      else this.#blocks.set(key, { address, bytes, runs });
    }
    this.#dropped += dropped;
  }

  /** By address. */
  total(): ExecutedBlocks {
    const blocks = [...this.#blocks.values()].sort((a, b) => a.address - b.address || a.bytes - b.bytes);
    return { blocks, dropped: this.#dropped };
  }
}

/** In the folder of a result. */
export const coverageFile = 'coverage.gz';
const firstLine = /^p2plab\.executed-blocks\/1 dropped=(\d+)$/;

/** As kept in a result folder: compressed lines of address (hex), bytes and runs. */
export async function packBlocks({ blocks, dropped }: ExecutedBlocks): Promise<Buffer> {
  const lines = blocks.map(({ address, bytes, runs }) => `${address.toString(16)} ${bytes} ${runs}\n`);
  return promisify(gzip)(`p2plab.executed-blocks/1 dropped=${dropped}\n${lines.join('')}`);
}

/** @throws HarnessError(scenario) when it is not what packBlocks made; `file` is for the message */
export async function unpackBlocks(packed: Buffer, file: string): Promise<ExecutedBlocks> {
  const text = await promisify(gunzip)(packed).then(
    (unpacked) => unpacked.toString('latin1'),
    () => '',
  );
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const dropped = firstLine.exec(first)?.[1];
  const blocks = lines.map((line) => {
    const [address = '', bytes = '', runs = ''] = line.split(' ');
    return { address: parseInt(address, 16), bytes: Number(bytes), runs: Number(runs) };
  });
  const whole = blocks.every(({ address, bytes, runs }) => Number.isFinite(address + bytes + runs));
  if (dropped !== undefined && whole) return { blocks, dropped: Number(dropped) };
  throw new HarnessError('scenario', `${file} is damaged, or of another version of p2plab`, {
    remedy: 'run the scenario again with --coverage',
    evidence: file,
  });
}
