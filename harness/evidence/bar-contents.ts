import { open, type FileHandle } from 'node:fs/promises';
import type { BlockRange } from '../workload/step-kind.js';

/**
 * A block that fio wrote, found in a BAR: where, and which block of the disk it says it is. `whole` is whether the header's
 * checksum is right: what is random begins like a header once in 65536 pages.
 */
export type FoundBlock = { at: number; bytes: number; offset: number; whole: boolean };

/** Blocks that a step left in a BAR. `matching` of `found` are, byte for byte, what the drive's disk has there. */
export type BarFindings = {
  found: number;
  matching: number;
  /** Of the first block that does not match, or that the workload never wrote: what is wrong with it. */
  flaw?: string;
};

/** Headers by position, with what makes each write of a block unique. */
export type BarSnapshot = Map<number, string>;

// fio 3.33, verify.h: struct verify_header { u16 magic; u16 type; u32 len; u64 rand_seed; u64 offset; u32 time_sec;
// u32 time_nsec; u16 thread; u16 numberio; u32 crc32; } in the guest's byte order, at the start of every block. crc32 is
// of what is before it, by CRC-32C without its final inversion (crc/crc32c.c).
const magic = 0xacca;
const headerBytes = 40;
const checksumAt = 36;
const pageBytes = 4096;
const chunkBytes = 2 ** 20;

/**
 * Finds fio's blocks in the host memory behind a BAR. p2pmem is handed out by the page, so a block begins a page.
 * @param file the memory-backend-file of an ivshmem; the guest may be running
 */
export async function readBarBlocks(file: string): Promise<{ blocks: FoundBlock[]; snapshot: BarSnapshot }> {
  const blocks: FoundBlock[] = [];
  const snapshot: BarSnapshot = new Map();
  await using bar = await open(file);
  using buffer = borrowChunk();
  const { chunk } = buffer;
  for (let from = 0; ; from += chunkBytes) {
    const { bytesRead } = await bar.read(chunk, 0, chunkBytes, from);
    for (let page = 0; page + headerBytes <= bytesRead; page += pageBytes) {
      if (chunk.readUInt16LE(page) !== magic) continue;
      const at = from + page;
      blocks.push({
        at,
        bytes: chunk.readUInt32LE(page + 4),
        offset: Number(chunk.readBigUInt64LE(page + 16)),
        whole: checksum(chunk.subarray(page, page + checksumAt)) === chunk.readUInt32LE(page + checksumAt),
      });
      snapshot.set(at, chunk.toString('hex', page, page + headerBytes));
    }
    if (bytesRead < chunkBytes) return { blocks, snapshot };
  }
}

/** Chunks that nobody reads into: each new one would be a reason to collect garbage. */
const idleChunks: Buffer[] = [];

function borrowChunk(): Disposable & { chunk: Buffer } {
  const chunk = idleChunks.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
  return { chunk, [Symbol.dispose]: () => void idleChunks.push(chunk) };
}

/** Overwrites the magic number of these blocks, so that none is found any more. Only for memory that nobody holds. */
export async function eraseBlocks(file: string, blocks: readonly FoundBlock[]): Promise<void> {
  if (blocks.length === 0) return;
  await using bar = await open(file, 'r+');
  for (const { at } of blocks) await bar.write(Buffer.alloc(2), 0, 2, at);
}

/**
 * What a step left in a BAR since `earlier`, compared with the disk of the drive that moved it.
 * @param disk the drive's backing file, or undefined when the step's data has no single drive
 * @param ranges the blocks that the step's workload wrote or read
 */
export async function compareBar(
  bar: string,
  disk: string,
  earlier: BarSnapshot,
  ranges: readonly BlockRange[],
): Promise<BarFindings> {
  const { blocks, snapshot } = await readBarBlocks(bar);
  // a header that is neither whole nor of a block that the step moved is no header
  const fresh = blocks.filter(
    (block) => snapshot.get(block.at) !== earlier.get(block.at) && (block.whole || isOf(ranges, block)),
  );
  await using files = await openBoth(bar, disk);
  let matching = 0;
  let flaw: string | undefined;
  for (const block of fresh) {
    const wrong = isOf(ranges, block) ? await difference(files, block) : unasked(block);
    if (wrong === undefined) matching += 1;
    else flaw ??= wrong;
  }
  return { found: fresh.length, matching, flaw };
}

const isOf = (ranges: readonly BlockRange[], { bytes, offset }: FoundBlock): boolean =>
  ranges.some(
    ({ blockBytes, start, end }) =>
      bytes === blockBytes && offset >= start && offset + bytes <= end && (offset - start) % blockBytes === 0,
  );

const unasked = ({ at, bytes, offset }: FoundBlock): string =>
  `at BAR offset ${at} lies a block of ${bytes} B for disk offset ${offset}, which the step never moved`;

function checksum(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? castagnoli : 0);
  }
  return crc >>> 0;
}

/** CRC-32C's polynomial, lowest bit first (RFC 3720, section 12.1). */
const castagnoli = 0x82f63b78;

async function difference(files: BothFiles, { at, bytes, offset }: FoundBlock): Promise<string | undefined> {
  const [inBar, onDisk] = await Promise.all([
    readAt(files.bar, at, bytes),
    readAt(files.disk, offset, bytes),
  ]);
  if (inBar.equals(onDisk)) return undefined;
  const byte = inBar.findIndex((value, index) => value !== onDisk[index]);
  return `the block of disk offset ${offset} at BAR offset ${at} differs from the disk from byte ${byte} on`;
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

type BothFiles = AsyncDisposable & { bar: FileHandle; disk: FileHandle };

async function openBoth(bar: string, disk: string): Promise<BothFiles> {
  const barFile = await open(bar);
  const diskFile = await open(disk).catch(async (error: unknown) => {
    await barFile.close();
    throw error;
  });
  const close = async () => void (await Promise.all([barFile.close(), diskFile.close()]));
  return { bar: barFile, disk: diskFile, [Symbol.asyncDispose]: close };
}
