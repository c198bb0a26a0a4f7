import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packCounted } from '../evidence/counted-runs.js';
import { header, result } from '../report/sample.test.support.js';
import { costCommand } from './cost-command.js';
import { plainTerminal } from './terminal.test.support.js';

const { terminal: silent } = plainTerminal();

function runWith(dir: string, artifacts: string[]): string {
  writeFileSync(path.join(dir, 'run.json'), JSON.stringify({ ...header, results: [result({ artifacts })] }));
  return dir;
}

t.test('a run without --cost', async (t) => {
  const dir = runWith(t.testdir(), ['results/copy/coverage.gz']);
  await t.rejects(costCommand(dir, undefined, { format: 'text' }, silent), {
    blame: 'scenario',
    message: `no I/O was counted in ${dir}`,
    remedy: 'run scenarios that have fio steps again, with --cost',
  });
});

t.test('a kernel that is gone is named', async (t) => {
  const dir = runWith(t.testdir(), ['results/copy/cost-write.gz']);
  mkdirSync(path.join(dir, 'results/copy'), { recursive: true });
  writeFileSync(path.join(dir, 'results/copy/evidence.json'), '{}');
  const executed = { blocks: [], dropped: 0 };
  const run = { step: 'write', work: 'bs=4k', machine: 'host', ios: 1, bytes: 4096, executed };
  writeFileSync(path.join(dir, 'results/copy/cost-write.gz'), await packCounted([run, run]));
  await t.rejects(costCommand(dir, undefined, { format: 'text' }, silent), {
    blame: 'scenario',
    message: /^there is no vmlinux of p2pmem-6\.12 \(0123456789abcdef\)/,
  });
});
