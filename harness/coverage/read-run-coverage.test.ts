import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packBlocks } from '../evidence/executed-blocks.js';
import { header, result } from '../report/sample.test.support.js';
import { readRunCoverage } from './read-run-coverage.js';

/** A run folder of which each entry is a variant with those block addresses, or without coverage. */
async function runFolder(dir: string, variants: (number[] | undefined)[]): Promise<string> {
  const results = await Promise.all(
    variants.map(async (addresses, index) => {
      if (!addresses) return result();
      const artifact = `results/${index}/coverage.gz`;
      mkdirSync(path.join(dir, path.dirname(artifact)), { recursive: true });
      const blocks = addresses.map((address) => ({ address, bytes: 4, runs: 1 }));
      writeFileSync(path.join(dir, artifact), await packBlocks({ blocks, dropped: 1 }));
      return result({ kernel: header.kernels[0]!.name, artifacts: ['results/x/console.log', artifact] });
    }),
  );
  writeFileSync(path.join(dir, 'run.json'), JSON.stringify({ ...header, results }));
  return dir;
}

t.test('all variants of all runs of a kernel are one', async (t) => {
  const one = await runFolder(t.testdir({ one: {}, two: {} }) + '/one', [[16, 32], undefined]);
  const two = await runFolder(`${t.testdirName}/two`, [[32]]);
  const recorded = await readRunCoverage([one, two]);
  t.equal(recorded.length, 1);
  t.match(recorded[0], { kernel: { id: header.kernels[0]!.id }, variants: 2 });
  t.strictSame(recorded[0]!.executed, {
    blocks: [
      { address: 16, bytes: 4, runs: 1 },
      { address: 32, bytes: 4, runs: 2 },
    ],
    dropped: 2,
  });
});

t.test('a run without coverage is told, never taken for one in which nothing ran', async (t) => {
  const dir = await runFolder(t.testdir(), [undefined]);
  await t.rejects(readRunCoverage([dir]), {
    blame: 'scenario',
    message: `no variant of ${dir} has coverage`,
    remedy: 'run the scenarios again with --coverage',
  });
});

t.test('a folder that is no run', async (t) => {
  await t.rejects(readRunCoverage([t.testdir({})]), {
    message: /run\.json: ENOENT/,
    remedy: 'give the folder of a run, which has run.json and results/',
  });
});
