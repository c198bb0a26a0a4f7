import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packBlocks } from '../evidence/executed-blocks.js';
import { header, result } from '../report/sample.test.support.js';
import { coverageCommand, type CoverageOptions } from './coverage-command.js';
import { plainTerminal } from './terminal.test.support.js';

const { terminal: silent } = plainTerminal();

/** A run in which a variant ran on each of those kernels, with coverage. */
async function runOn(dir: string, kernels: string[]): Promise<string> {
  const coverage = await packBlocks({ blocks: [{ address: 0x8100_0000, bytes: 4, runs: 1 }], dropped: 0 });
  const results = kernels.map((kernel) => {
    const artifact = `results/${kernel}/coverage.gz`;
    mkdirSync(path.join(dir, path.dirname(artifact)), { recursive: true });
    writeFileSync(path.join(dir, artifact), coverage);
    return result({ kernel, artifacts: [artifact] });
  });
  const [kernel] = header.kernels;
  const all = kernels.map((name, n) => ({ ...kernel!, name, id: `${n}`.repeat(16) }));
  writeFileSync(path.join(dir, 'run.json'), JSON.stringify({ ...header, kernels: all, results }));
  return dir;
}

const asked = async (dir: string, options: Partial<CoverageOptions>) =>
  coverageCommand([dir], { file: [], ...options }, silent);

t.test('a tracefile is of one kernel: line numbers of another are other lines', async (t) => {
  const dir = await runOn(t.testdir(), ['one', 'two']);
  await t.rejects(asked(dir, { lcov: path.join(dir, 'x.info') }), {
    blame: 'scenario',
    message: '--lcov is for one kernel, and these are one (0000000000000000) and two (1111111111111111)',
    remedy: 'choose one with --kernel',
  });
});

t.test('a kernel that no variant ran on', async (t) => {
  const dir = await runOn(t.testdir(), ['one', 'two']);
  await t.rejects(asked(dir, { kernel: 'three' }), {
    blame: 'scenario',
    message: 'no variant was run with coverage on three',
    remedy: 'give one of one, two',
  });
});
