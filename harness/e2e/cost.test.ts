import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { ResultCost } from '../cost/read-run-costs.js';
import { filesBelow, p2plab, readRun } from './run-p2plab.test.support.js';

const scenario = `
name: cost
title: One drive writes out of peer memory
machines:
  host:
    cpu: EPYC
    cpus: 1
    pcie:
      - switch:
          - { nvme: nvme1, size: 64M }
          - { ivshmem: shm0, size: 64M }
steps:
  - name: write
    fio: { disk: nvme1, rw: write, bs: 4k, size: 5M, memory: shm0 }
expect:
  - data: { steps: [write], drive: nvme1, through: shm0, atLeast: 100%, commands: 1280 }
`;

/** Cost by function of the only step of a run. */
async function costsOf(dir: string): Promise<Map<string, number>> {
  const asked = await p2plab(['cost', dir, '--format', 'json']);
  if (asked.exitCode !== 0) throw new Error(asked.stderr);
  const [result] = JSON.parse(asked.stdout) as ResultCost[];
  return new Map(result!.costs[0]!.functions.map(({ name, perIo }) => [name, Math.round(perIo * 10) / 10]));
}

t.test('the p2pmem path costs the same number of instructions in two boots, to a tenth', async (t) => {
  const dir = t.testdir();
  const file = path.join(dir, 'cost.yaml');
  writeFileSync(file, scenario);
  const dirs = ['base', 'head'].map((name) => path.join(dir, name));
  for (const out of dirs) {
    const ran = await p2plab(['run', file, '--cost', '--no-controls', '--install-packages', '--out', out]);
    t.equal(ran.exitCode, 0, `${ran.stdout}\n${ran.stderr}`);
    t.match(ran.stdout, `cost: p2plab cost ${out}`);
    t.ok(readRun(out).results[0]!.artifacts.includes('results/cost/cost-write.gz'));
    t.notOk(filesBelow(out).includes('results/cost/host/executed.blocks'), 'the large file is gone');
  }
  const [base, head] = await Promise.all(dirs.map(costsOf));
  const exact = ['pci_p2pdma_map_segment', 'dma_direct_map_sg', 'blk_mq_submit_bio', 'nvme_prep_rq'];
  for (const name of exact) {
    t.ok(base!.get(name)! > 0, `${name} costs something: ${base!.get(name)}`);
    t.equal(head!.get(name), base!.get(name), name);
  }

  const svg = path.join(dir, 'cost.svg');
  const compared = await p2plab(['cost', ...dirs, '--svg', svg]);
  t.equal(compared.exitCode, 0, compared.stderr);
  t.match(compared.stdout, /^p2pmem +([\d.]+) +\1 +0\.0$/m);
  t.ok(existsSync(svg) && readFileSync(svg, 'utf8').startsWith('<svg'));
});
