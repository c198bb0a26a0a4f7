import { execa } from 'execa';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commandFile } from '../common/paths.js';
import type { RunDocument } from '../report/run-document.js';

// npm run bench:ledger: what the DMA ledger costs the smoke scenarios, as a ratio of runs side by side on this host.

const goal = 1.15;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);
const seconds: Record<'with' | 'without', number[]> = { with: [], without: [] };

for (let round = 0; round < rounds; round++) {
  // ABBA: a host that gets slower or quicker meanwhile weighs on both alike
  const order = round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const);
  for (const side of order) seconds[side].push(await smokeSeconds(side));
}

const ratio = median(seconds.with) / median(seconds.without);
const load = os.loadavg()[0]!.toFixed(2);
process.stdout.write(`smoke scenarios, sum of wall time, ${rounds} rounds, load ${load}\n`);
for (const side of ['with', 'without'] as const) {
  const all = seconds[side].map((s) => s.toFixed(1)).join(' ');
  process.stdout.write(
    `  ${side.padEnd(7)} the ledger: median ${median(seconds[side]).toFixed(1)} s (${all})\n`,
  );
}
process.stdout.write(`  ratio ${ratio.toFixed(3)}, goal at most ${goal}\n`);
if (values.json)
  await writeFile(values.json, JSON.stringify({ rounds, seconds, ratio, goal, load }, null, 2) + '\n');

/** Verdicts do not matter without the ledger: claims are not proven then. Time does. */
async function smokeSeconds(side: 'with' | 'without'): Promise<number> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-bench-'));
  try {
    const without = side === 'without' ? ['--without', 'ledger'] : [];
    const args = [
      commandFile,
      'run',
      '--tag',
      'smoke',
      '--jobs',
      '1',
      '--out',
      path.join(dir, 'run'),
      ...without,
    ];
    await execa(process.execPath, args, { reject: false, stdin: 'ignore' });
    const run = JSON.parse(await readFile(path.join(dir, 'run/run.json'), 'utf8')) as RunDocument;
    return run.results.reduce((sum, { phases }) => sum + (phases.wallMs ?? 0), 0) / 1000;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
