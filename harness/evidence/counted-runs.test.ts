import fc from 'fast-check';
import t from 'tap';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isCountedFile, countedFile, packCounted, unpackCounted, type CountedRun } from './counted-runs.js';

const plain = { noNullPrototype: true };
const block = fc.record(
  {
    address: fc.nat(2 ** 32 - 1),
    bytes: fc.nat(8192),
    runs: fc.maxSafeNat(),
    instructions: fc.nat(4096),
  },
  plain,
);
const executed = fc.record({ blocks: fc.array(block), dropped: fc.nat() }, plain);
const counted = fc.record(
  {
    ...{ step: fc.string(), work: fc.string(), machine: fc.string() },
    ...{ ios: fc.nat(), bytes: fc.maxSafeNat(), executed },
  },
  plain,
);

t.test('what is packed comes out again, whatever the names are', (t) =>
  fc.assert(
    fc.asyncProperty(fc.array(counted), async (runs) => {
      t.strictSame(await unpackCounted(await packCounted(runs), 'x'), runs);
    }),
    { numRuns: 50 },
  ),
);

const run: CountedRun = {
  ...{ step: 'write', work: 'bs=4k', machine: 'host', ios: 2, bytes: 8192 },
  executed: { blocks: [{ address: 16, bytes: 4, instructions: 1, runs: 2 }], dropped: 0 },
};

t.test('a damaged file is told', async (t) => {
  const packed = await packCounted([run]);
  const lines = gunzipSync(packed).toString().split('\n');
  const bad = [
    Buffer.from('text'),
    packed.subarray(0, packed.length - 12),
    gzipSync(lines.slice(0, 2).join('\n')), // the block is missing
    gzipSync([...lines.slice(0, 2), '10 4 1 many'].join('\n')),
    gzipSync(['another/1', ...lines.slice(1)].join('\n')),
  ];
  for (const one of bad)
    await t.rejects(unpackCounted(one, 'r/cost-write.gz'), {
      blame: 'scenario',
      message: 'r/cost-write.gz is damaged, or of another version of p2plab',
      remedy: 'run the scenario again with --cost',
      evidence: 'r/cost-write.gz',
    });
});

t.test('files of counted runs are known by their name', async (t) => {
  t.ok(isCountedFile(countedFile('write-ram')));
  t.notOk(isCountedFile('coverage.gz'));
});
