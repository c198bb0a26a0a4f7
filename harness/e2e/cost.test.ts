import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { CostComparison } from '../cost/compare-costs.js';
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

  const svg = path.join(dir, 'cost.svg');
  const compared = await p2plab(['cost', ...dirs, '--format', 'json', '--svg', svg]);
  t.equal(compared.exitCode, 0, compared.stderr);
  const [{ steps }] = JSON.parse(compared.stdout) as [CostComparison];
  const functions = new Map(steps[0]!.functions.map((one) => [one.name, one]));
  const exact = ['pci_p2pdma_map_segment', 'dma_direct_map_sg', 'blk_mq_submit_bio', 'nvme_prep_rq'];
  for (const name of exact) {
    const { base = 0, head = 0 } = functions.get(name) ?? {};
    t.ok(base > 10, `${name} costs ${base} instructions per I/O`);
    t.equal(head.toFixed(1), base.toFixed(1), name);
  }
  t.ok(readFileSync(svg, 'utf8').startsWith('<svg'));
});
