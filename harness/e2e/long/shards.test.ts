import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { normalisedReport, runHere, writeNormalised, writePlan } from '../one-machine.test.support.js';
import { filesBelow, p2plab } from '../run-p2plab.test.support.js';
import { startPool } from '../../pool/pool.test.support.js';

// Real VMs: three scenarios on one machine, in two shards, and in a pool of two workers.

const smoke = ['--tag', 'smoke', '--set', 'provider=shm0'];
const results = (dir: string) => filesBelow(path.join(dir, 'results')).sort();

/** run.json without what differs from boot to boot: numbers, and which of two equal devices the kernel drew by lot. */
const masked = (dir: string): string =>
  readFileSync(path.join(dir, 'run.json'), 'utf8')
    .replace(/^ {2}"id": .*$/m, '"id": ID')
    .replaceAll(/"(startedAt|endedAt|at)": "[^"]+"/g, '"$1": TIME')
    .replaceAll(/-?\d+(\.\d+)?(e-?\d+)?/g, 'N')
    .replaceAll(/"got": "(nvme|shm)N"/g, '"got": DEVICE');

t.test('shards and a pool come to the same run as one machine', async (t) => {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  const file = at('plan.json');
  const plan = await writePlan(file, smoke);
  t.equal(plan.jobs.length, 3);
  const plain = await runHere(smoke, at('plain'));
  t.equal(plain.exitCode, 0, plain.stdout);
  const mustBeSame = (name: string) => {
    t.equal(normalisedReport(at(name)), normalisedReport(at('plain')));
    t.equal(masked(at(name)), masked(at('plain')));
    t.same(results(at(name)), results(at('plain')));
  };

  for (const n of [1, 2]) {
    const shard = ['--plan', file, '--shard', `${n}/2`, '--jobs', '1', '--out', at(`bundles-${n}`)];
    t.equal((await p2plab(['run', ...shard])).exitCode, 0);
  }
  const again = await p2plab(['run', '--plan', file, '--shard', '1/2', '--out', at('bundles-1')]);
  t.match(again.stdout, /\(was there already\)/, 'nothing is run twice');
  const part = await p2plab(['merge', at('bundles-2'), '--plan', file, '--out', at('part')]);
  t.equal(part.exitCode, 3);
  t.match(part.stderr, /^missing: /m);
  const bundles = [at('bundles-1'), at('bundles-2')];
  const merging = ['merge', ...bundles, '--out', at('merged'), '--report', 'normalised'];
  t.equal((await p2plab(merging)).exitCode, 0);
  mustBeSame('merged');

  await using pool = await startPool(dir, { runner: 'real' });
  const submitting = pool.submit(plan, 'pooled');
  await pool.queued(submitting);
  const workers = ['one', 'two'].map((name) => pool.worker(name, '--drain'));
  const submit = await submitting;
  t.equal(submit.exitCode, 0, String(submit.all));
  await Promise.all(workers);
  await writeNormalised(at('pooled'));
  mustBeSame('pooled');
});
