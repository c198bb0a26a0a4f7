import { execa } from 'execa';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { noSlurm, startSlurm } from '../../slurm/slurm.test.support.js';
import { p2plab } from '../run-p2plab.test.support.js';

// A real Slurm of one node on loopback, with real VMs in its jobs.

const which = ['p2pmem-allocate', '--no-controls'];
const normalised = ['--report', 'normalised'];
const report = (dir: string) => readFileSync(path.join(dir, 'report.normalised.txt'), 'utf8');

const missing = await noSlurm();
t.test('a cluster comes to the same run as one machine', { skip: missing ?? false }, async (t) => {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  await using slurm = await startSlurm();
  const { env } = slurm;
  const plan = at('plan.json');
  writeFileSync(plan, String((await p2plab(['plan', '--json', ...which])).stdout));
  const submitted = await p2plab(['slurm', 'submit', plan, '--dir', at('run')], { env });
  t.equal(submitted.exitCode, 0, String(submitted.stderr));
  t.match(submitted.stdout, /^\d+: 2 jobs of 2c-2g, after \d+$/m);

  const collect = (name: string) => p2plab(['slurm', 'collect', at('run'), '--out', at(name)], { env });
  let collected = await collect('merged');
  t.match(collected.stdout, /^2 of 2 jobs go on$/m, 'they wait for the builds');
  for (let tries = 0; tries < 120 && /jobs go on$/m.test(String(collected.stdout)); tries++) {
    await sleep(2000);
    collected = await collect('merged');
  }
  t.equal(collected.exitCode, 0, `${String(collected.stdout)}\n${String(collected.stderr)}`);
  await p2plab(['report', at('merged'), '--format', 'normalised']);
  const plain = await p2plab([
    'run',
    ...which,
    '--jobs',
    '1',
    '--fresh-boots',
    '--out',
    at('plain'),
    ...normalised,
  ]);
  t.equal(plain.exitCode, 0);
  t.equal(report(at('merged')), report(at('plain')));
});

t.test('jobs that are cancelled are told of, and missing', { skip: missing ?? false }, async (t) => {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  await using slurm = await startSlurm();
  const { env } = slurm;
  const plan = at('plan.json');
  writeFileSync(plan, String((await p2plab(['plan', '--json', ...which])).stdout));
  const submitted = await p2plab(
    ['slurm', 'submit', plan, '--dir', at('run'), '--sbatch=--begin=now+1hour'],
    { env },
  );
  t.equal(submitted.exitCode, 0, String(submitted.stderr));
  await execa('scancel', ['--full', '--partition=all'], { env });
  const { exitCode, stderr } = await p2plab(['slurm', 'collect', at('run'), '--out', at('merged')], { env });
  t.not(exitCode, 0);
  t.equal(String(stderr).match(/^p2pmem-allocate \[provider=\w+\]: Slurm says CANCELLED$/gm)?.length, 2);
  t.match(stderr, "none of the plan's 2 jobs has a bundle there");
});
