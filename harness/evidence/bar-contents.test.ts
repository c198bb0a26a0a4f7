import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { compareBar, eraseBlocks, readBarBlocks } from './bar-contents.js';

/** A block as fio 3.33 writes it: header, then content. */
function block(offset: number, bytes: number, fill = 7): Buffer {
  const buffer = Buffer.alloc(bytes, fill);
  buffer.writeUInt16LE(0xacca, 0);
  buffer.writeUInt32LE(bytes, 4);
  buffer.writeBigUInt64LE(BigInt(offset), 16);
  return buffer;
}

/** Of fio 3.33 (--bs=8k --verify=crc32c), with its checksum: 8 KiB for disk offset 16384. */
const recorded = Buffer.from(
  'caac050000200000d09204acf3149841004000000000000000000000e457780601000200fc3b467f',
  'hex',
);

/** A 1 MiB BAR and a 1 MiB disk with things at offsets. */
function files(dir: string, inBar: [number, Buffer][], onDisk: [number, Buffer][]) {
  const make = (name: string, parts: [number, Buffer][]) => {
    const whole = Buffer.alloc(2 ** 20);
    for (const [at, part] of parts) part.copy(whole, at);
    writeFileSync(path.join(dir, name), whole);
    return path.join(dir, name);
  };
  return { bar: make('shm0.bar', inBar), disk: make('nvme1.disk', onDisk) };
}

const ranges = [{ blockBytes: 8192, start: 65536, end: 131072 }];

t.test('a block that the drive has too is a match', async (t) => {
  const { bar, disk } = files(t.testdir(), [[4096, block(65536, 8192)]], [[65536, block(65536, 8192)]]);
  t.strictSame(await compareBar(bar, disk, new Map(), ranges), { found: 1, matching: 1, flaw: undefined });
});

t.test('a block that differs in one byte is told with the byte', async (t) => {
  const wrong = block(73728, 8192);
  wrong[5000] = 0;
  const { bar, disk } = files(t.testdir(), [[12288, wrong]], [[73728, block(73728, 8192)]]);
  t.strictSame(await compareBar(bar, disk, new Map(), ranges), {
    found: 1,
    matching: 0,
    flaw: 'the block of disk offset 73728 at BAR offset 12288 differs from the disk from byte 5000 on',
  });
});

t.test('a block that the step never moved is a flaw, even when the disk has it', async (t) => {
  const { bar, disk } = files(t.testdir(), [[0, recorded]], [[16384, recorded]]);
  t.equal(
    (await compareBar(bar, disk, new Map(), ranges)).flaw,
    'at BAR offset 0 lies a block of 8192 B for disk offset 16384, which the step never moved',
  );
});

t.test('random data that begins like a header is none', async (t) => {
  const random = Buffer.from(recorded);
  random[20] = 1;
  const { bar, disk } = files(t.testdir(), [[0, random]], []);
  t.strictSame(await compareBar(bar, disk, new Map(), ranges), { found: 0, matching: 0, flaw: undefined });
});

t.test('a block of the step whose header was damaged is not taken for random data', async (t) => {
  const damaged = block(65536, 8192);
  damaged[10] = 1;
  const { bar, disk } = files(t.testdir(), [[0, damaged]], [[65536, block(65536, 8192)]]);
  t.equal(
    (await compareBar(bar, disk, new Map(), ranges)).flaw,
    'the block of disk offset 65536 at BAR offset 0 differs from the disk from byte 10 on',
  );
});

t.test('what was there before the step is not the step’s', async (t) => {
  const { bar, disk } = files(t.testdir(), [[4096, block(65536, 8192)]], [[65536, block(65536, 8192)]]);
  const { snapshot } = await readBarBlocks(bar);
  t.strictSame(await compareBar(bar, disk, snapshot, ranges), { found: 0, matching: 0, flaw: undefined });
});

t.test('an erased block is found no more', async (t) => {
  const { bar } = files(t.testdir(), [[4096, block(65536, 8192)]], []);
  await eraseBlocks(bar, (await readBarBlocks(bar)).blocks);
  t.strictSame((await readBarBlocks(bar)).blocks, []);
});
