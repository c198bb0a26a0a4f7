import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  BlockSum,
  packBlocks,
  ranSince,
  readBlockTable,
  readPluginFile,
  unpackBlocks,
} from './executed-blocks.js';

/** The plugin's file: a header of 4096 bytes, then blocks of which `used` count. */
function pluginFile(
  dir: string,
  blocks: [address: bigint, runs: number, bytes: number, instructions?: number][],
  over = {},
): string {
  const { magic, format, used, dropped } = {
    ...{ magic: 'p2plabEB', format: 1, used: blocks.length, dropped: 0 },
    ...over,
  };
  const file = Buffer.alloc(4096 + 24 * 16);
  file.write(magic, 'latin1');
  file.writeUInt32LE(format, 8);
  file.writeUInt32LE(4096, 12);
  file.writeBigUInt64LE(16n, 16);
  file.writeBigUInt64LE(BigInt(used), 24);
  file.writeBigUInt64LE(BigInt(dropped), 32);
  for (const [index, [address, runs, bytes, instructions = 1]] of blocks.entries()) {
    file.writeBigUInt64LE(address, 4096 + 24 * index);
    file.writeBigUInt64LE(BigInt(runs), 4096 + 24 * index + 8);
    file.writeUInt32LE(bytes, 4096 + 24 * index + 16);
    file.writeUInt32LE(instructions, 4096 + 24 * index + 20);
  }
  const name = path.join(dir, 'executed.blocks');
  writeFileSync(name, file);
  return name;
}

t.test('blocks that ran are read, those that were only translated are not', async (t) => {
  const file = pluginFile(t.testdir(), [
    [0xffff_ffff_8127_dc30n, 3, 12, 4],
    [0xffff_ffff_8127_dc3cn, 0, 5],
    [0xffff_ffff_ffff_ff00n, 1, 7],
  ]);
  t.strictSame(await readPluginFile(file), {
    blocks: [
      { address: 0x8127_dc30, runs: 3, bytes: 12, instructions: 4 },
      { address: 0xffff_ff00, runs: 1, bytes: 7, instructions: 1 },
    ],
    dropped: 0,
  });
});

t.test('what is behind the blocks in use is not read', async (t) => {
  const blocks: [bigint, number, number][] = [
    [0xffff_ffff_8100_0000n, 1, 4],
    [0xffff_ffff_8100_0004n, 1, 4],
  ];
  const file = pluginFile(t.testdir(), blocks, { used: 1, dropped: 9 });
  t.strictSame(await readPluginFile(file), {
    blocks: [{ address: 0x8100_0000, runs: 1, bytes: 4, instructions: 1 }],
    dropped: 9,
  });
});

for (const over of [{ magic: 'p2plabXX' }, { format: 2 }])
  t.test(`a file with ${JSON.stringify(over)} is refused`, async (t) => {
    const file = pluginFile(t.testdir(), [], over);
    await t.rejects(readPluginFile(file), {
      blame: 'harness',
      message: `${file} is not what the plugin executed-blocks writes`,
    });
  });

t.test('between two readings only what ran is left, also of blocks that are new', async (t) => {
  const first: [bigint, number, number, number][] = [
    [0xffff_ffff_8100_0000n, 5, 4, 1],
    [0xffff_ffff_8100_0004n, 2 ** 32 - 1, 4, 2],
  ];
  const before = await readBlockTable(pluginFile(t.testdir(), first, { dropped: 1 }));
  const later: [bigint, number, number, number][] = [
    [0xffff_ffff_8100_0000n, 5, 4, 1],
    [0xffff_ffff_8100_0004n, 2 ** 32 + 6, 4, 2],
    [0xffff_ffff_8100_0008n, 3, 12, 6],
  ];
  const after = await readBlockTable(pluginFile(t.testdir(), later, { dropped: 3 }));
  t.strictSame(ranSince(before, after), {
    blocks: [
      { address: 0x8100_0004, bytes: 4, instructions: 2, runs: 7 },
      { address: 0x8100_0008, bytes: 12, instructions: 6, runs: 3 },
    ],
    dropped: 2,
  });
});

t.test('runs of the same block are added, of others are kept apart', async (t) => {
  const one = { blocks: [{ address: 16, bytes: 4, runs: 1 }], dropped: 1 };
  const two = {
    blocks: [
      { address: 16, bytes: 8, runs: 5 },
      { address: 16, bytes: 4, runs: 2 },
      { address: 8, bytes: 4, runs: 3 },
    ],
    dropped: 2,
  };
  const sum = new BlockSum();
  sum.add(one);
  sum.add(two);
  t.strictSame(sum.total(), {
    blocks: [
      { address: 8, bytes: 4, runs: 3 },
      { address: 16, bytes: 4, runs: 3 },
      { address: 16, bytes: 8, runs: 5 },
    ],
    dropped: 3,
  });
  t.equal(one.blocks[0]!.runs, 1, 'what was given stays as it was');
});

t.test('what is packed comes out again', async (t) => {
  const plain = { noNullPrototype: true };
  const fields = { address: fc.nat(2 ** 32 - 1), bytes: fc.nat(4096), runs: fc.maxSafeNat() };
  const executed = fc.record({ blocks: fc.array(fc.record(fields, plain)), dropped: fc.nat() }, plain);
  await fc.assert(
    fc.asyncProperty(executed, async (given) => {
      t.strictSame(await unpackBlocks(await packBlocks(given), 'x'), given);
    }),
    { numRuns: 50 },
  );
});

t.test('a damaged file is told', async (t) => {
  const packed = await packBlocks({ blocks: [{ address: 16, bytes: 4, runs: 1 }], dropped: 0 });
  for (const bad of [Buffer.from('text'), packed.subarray(0, packed.length - 12)])
    await t.rejects(unpackBlocks(bad, 'r/coverage.gz'), {
      blame: 'scenario',
      message: 'r/coverage.gz is damaged, or of another version of p2plab',
      remedy: 'run the scenario again with --coverage',
    });
});
