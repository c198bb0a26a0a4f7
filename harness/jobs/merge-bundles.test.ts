import fc from 'fast-check';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { formats } from '../report/formats.js';
import { loadRun } from '../report/load-run.js';
import type { Result } from '../report/run-document.js';
import { findBundles } from './bundle.js';
import { chooseBundles } from './choose-bundles.js';
import { mergeBundles } from './merge-bundles.js';
import { job, planOf, resultOf, writeBundle, writeRun } from './sample.test.support.js';

const plan = planOf([1, 2, 3, 4, 5].map((n) => job(n)));
const failure: Partial<Result> = { outcome: 'fail', reasons: ['3 bytes are wrong'] };
const overOf = (n: number): Partial<Result> => (n === 2 ? failure : {});

/** Every file of a run folder; times, and where the folder is, are another's each time. */
function contents(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(path.join(dir, name)).isFile());
  const masked = (name: string) =>
    readFileSync(path.join(dir, name), 'utf8')
      .replaceAll(/"(at|startedAt|endedAt)": ?"[^"]+"/g, '"$1":TIME')
      .replaceAll(dir, 'DIR')
      .replaceAll(/"id": ?"(20261101T120000Z-0a1b|merged)"/g, '"id":ID');
  return Object.fromEntries(files.map((name) => [name, masked(name)]));
}

async function merge(dir: string, out: string) {
  const choice = chooseBundles(plan, await findBundles([dir]));
  return mergeBundles(plan, choice, { id: 'merged', out });
}

t.test('whatever the order, merged bundles are what one machine would have written', async (t) => {
  const dir = t.testdir();
  await writeRun(
    path.join(dir, 'plain'),
    plan.jobs.map((j, n) => resultOf(j, overOf(n))),
  );
  const plain = contents(path.join(dir, 'plain'));
  let round = 0;
  const orders = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      const place = path.join(dir, `${++round}`);
      for (const [at, n] of order.entries())
        await writeBundle(path.join(place, `shard-${at % 3}`, `${at}`), plan.jobs[n]!, overOf(n));
      const out = path.join(dir, `out-${round}`);
      await merge(place, out);
      t.strictSame(contents(out), plain);
      const [one, other] = await Promise.all([loadRun(path.join(dir, 'plain')), loadRun(out)]);
      const now = new Date();
      t.equal(formats.normalised.render(other, { now }), formats.normalised.render(one, { now }));
    }),
    { numRuns: 8 },
  );
});

t.test('a kernel that one job built and others had is told of once', async (t) => {
  const dir = t.testdir();
  for (const [n, one] of plan.jobs.entries())
    await writeBundle(path.join(dir, 'in', `${n}`), one, {}, { cached: n > 0 });
  await merge(path.join(dir, 'in'), path.join(dir, 'out'));
  const { events } = await loadRun(path.join(dir, 'out'));
  t.same(
    events.filter(({ type }) => type.startsWith('prepar')).map((event) => 'what' in event && event.what),
    ['compiling', 'p2pmem-6.12 6.12.95-p2plab', 'base, cached'],
  );
});

t.test('a run with a job missing was interrupted', async (t) => {
  const dir = t.testdir();
  await writeBundle(path.join(dir, 'in'), plan.jobs[0]!);
  await merge(path.join(dir, 'in'), path.join(dir, 'out'));
  const { run } = await loadRun(path.join(dir, 'out'));
  t.equal(run.state, 'interrupted');
  t.match(readFileSync(path.join(dir, 'out/run.tap'), 'utf8'), /^1\.\.5$[^]*^Bail out! interrupted$/m);
});

t.test('nothing to merge', async (t) => {
  await t.rejects(merge(t.testdir(), '/nowhere'), {
    blame: 'scenario',
    message: "none of the plan's 5 jobs has a bundle there",
    remedy: 'give the folders that run --shard or --job wrote; first missing: copy [n=1]',
  });
});
