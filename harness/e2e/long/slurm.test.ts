import { execa } from 'execa';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { noSlurm, startSlurm } from '../../slurm/slurm.test.support.js';
import { normalisedReport, runHere, writeNormalised, writePlan } from '../one-machine.test.support.js';
import { p2plab } from '../run-p2plab.test.support.js';

// A real Slurm of one node on loopback, with real VMs in its jobs.

const which = ['p2pmem-allocate', '--no-controls'];

/** A Slurm, and the plan of what is run, in a folder of the test. */
async function startLab(t: Test) {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  const plan = at('plan.json');
  await writePlan(plan, which);
  return Object.assign(await startSlurm(), { at, plan });
}

const missing = await noSlurm();
t.test('a cluster comes to the same run as one machine', { skip: missing ?? false }, async (t) => {
  await using lab = await startLab(t);
  const { at, plan, env } = lab;
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
  await writeNormalised(at('merged'));
  t.equal((await runHere(which, at('plain'))).exitCode, 0);
  t.equal(normalisedReport(at('merged')), normalisedReport(at('plain')));
});

t.test('jobs that are cancelled are told of, and missing', { skip: missing ?? false }, async (t) => {
  await using lab = await startLab(t);
  const { at, plan, env } = lab;
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
