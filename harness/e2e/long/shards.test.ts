import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { filesBelow, p2plab } from '../run-p2plab.test.support.js';
import { startPool } from '../../pool/pool.test.support.js';
import { parsePlan } from '../../jobs/plan-document.js';

// Real VMs: the smoke scenarios on one machine, in three shards, and in a pool of two workers.

const report = (dir: string) => readFileSync(path.join(dir, 'report.normalised.txt'), 'utf8');
const results = (dir: string) => filesBelow(path.join(dir, 'results')).sort();
const normalised = ['--report', 'normalised'];

t.test('shards and a pool come to the same run as one machine', async (t) => {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  const plan = at('plan.json');
  const { stdout } = await p2plab(['plan', '--json', '--tag', 'smoke']);
  writeFileSync(plan, stdout);
  const plain = await p2plab(['run', '--tag', 'smoke', '--jobs', '1', '--out', at('plain'), ...normalised]);
  t.equal(plain.exitCode, 0, plain.stdout);

  for (const n of [1, 2, 3]) {
    const shard = ['--plan', plan, '--shard', `${n}/3`, '--jobs', '1', '--out', at(`bundles-${n}`)];
    t.equal((await p2plab(['run', ...shard])).exitCode, 0);
  }
  const again = await p2plab(['run', '--plan', plan, '--shard', '1/3', '--out', at('bundles-1')]);
  t.match(again.stdout, /\(was there already\)/, 'nothing is run twice');
  const bundles = [1, 2, 3].map((n) => at(`bundles-${n}`));
  const two = await p2plab(['merge', ...bundles.slice(1), '--plan', plan, '--out', at('part')]);
  t.equal(two.exitCode, 3);
  t.match(two.stderr, /^missing: /m);
  t.equal((await p2plab(['merge', ...bundles, '--out', at('merged'), ...normalised])).exitCode, 0);
  t.equal(report(at('merged')), report(at('plain')));
  t.same(results(at('merged')), results(at('plain')));

  await using pool = await startPool(dir, { runner: undefined });
  const workers = ['one', 'two'].map((name) => pool.worker(name, '--drain'));
  const submit = await pool.submit(parsePlan(stdout, plan), 'pooled');
  t.equal(submit.exitCode, 0, String(submit.all));
  await Promise.all(workers);
  await p2plab(['report', at('pooled'), '--format', 'normalised']);
  t.equal(report(at('pooled')), report(at('plain')));
});
