import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { allAttempts } from '../jobs/attempts.js';
import { findBundles } from '../jobs/bundle.js';
import { writeNotBuilt } from '../jobs/not-built.js';
import type { Job } from '../jobs/plan-document.js';
import { harness, writeBundle } from '../jobs/sample.test.support.js';
import { followingPlan, mergeSeries, seriesRequest } from './merge-series.js';
import { notBuilt, plan, title } from './series-plan.test.support.js';
import type { Result } from '../report/run-document.js';

const { signal } = new AbortController();

/** Bundles by what the runs of each prefix said, one after the other: `p`, `f`; `!` it does not build. */
async function bundles(t: Test, says: string[], images = 'abcd'): Promise<string> {
  const dir = t.testdir();
  const attempts = [...(await allAttempts(plan)).values()];
  for (const [n, words] of says.entries())
    for (const [m, word] of [...words].entries()) {
      const one = attempts[n]![m]!;
      const place = path.join(dir, 'in', one.id);
      const over: Partial<Result> = word === 'f' ? { outcome: 'fail', reasons: ['10 pages short'] } : {};
      if (word !== '!') await writeBundle(place, one, over, { kernelImage: images[n] });
      else await writeNotBuilt(place, { job: one, harness }, notBuilt(dir));
    }
  return dir;
}

async function merge(dir: string, of = plan) {
  const out = path.join(dir, 'out');
  const tools = { checkpatch: async () => [], addedWarnings: async () => [] };
  const request = await seriesRequest(of, { id: 'merged', dir: out });
  const found = await findBundles([path.join(dir, 'in')]);
  const { grid, choice, wanted } = await mergeSeries(of, found, request, tools, async () => {}, signal);
  const titles = (jobs: readonly Job[]) => jobs.map((one) => one.title);
  const cells = (name: string) =>
    grid.rows
      .find((row) => row.name === name)!
      .cells.map(({ outcome, tries, sameAs }) =>
        [outcome, tries && `${tries.failed}/${tries.of}`, sameAs && `=${sameAs}`].filter(Boolean).join(' '),
      );
  return { grid, cells, missing: titles(choice.missing), wanted: titles(wanted), jobs: wanted, out, choice };
}

t.test('what passes at once is settled', async (t) => {
  const { cells, missing, wanted, grid, out } = await merge(await bundles(t, ['p', 'p', 'p', 'p']));
  t.same([missing, wanted], [[], []]);
  t.same(cells(title), ['pass', 'pass', 'pass', 'pass']);
  t.same(cells('boots'), ['pass', 'pass', 'pass', 'pass']);
  t.same(
    grid.columns.map(({ seconds }) => seconds),
    [12.3, 12.3, 12.3, 12.3],
  );
  const { folder } = grid.rows.at(-1)!.cells[3]!;
  t.equal(folder, 'cells/3/run-1/results/own-program');
  t.ok(readFileSync(path.join(out, folder!, 'evidence.json')), 'the run is there');
});

t.test('a kernel that is the same bit by bit: its run is not asked for, and not missing', async (t) => {
  const { cells, missing } = await merge(await bundles(t, ['p', '', 'p', 'p'], 'aabb'));
  t.same(missing, [`1: ${title}`], 'without a bundle nobody knows that it is the same');
  t.same(cells(title), ['pass', 'not-run', 'pass', 'pass =2']);
});

t.test('a failure wants two more runs, and these may want more', async (t) => {
  const once = await merge(await bundles(t, ['p', 'p', 'f', 'p']));
  t.same(once.wanted, [`2: ${title}, run 2`, `2: ${title}, run 3`]);
  const ids = followingPlan(plan, once.jobs).jobs.map(({ id }) => id);
  t.equal(ids.length, 6);
  t.equal(new Set(ids).size, 6);
  const thrice = await merge(await bundles(t, ['p', 'p', 'fff', 'p']), {
    ...plan,
    ...followingPlan(plan, once.jobs),
  });
  t.same(thrice.wanted, []);
  t.same(thrice.cells(title), ['pass', 'pass', 'fail 3/3', 'pass']);
  const flaky = await merge(await bundles(t, ['p', 'p', 'ffp', 'p']));
  t.same(flaky.wanted, [`2: ${title}, run 4`, `2: ${title}, run 5`]);
  const settled = await merge(await bundles(t, ['p', 'p', 'ffppp', 'p']));
  t.same(settled.cells(title), ['pass', 'pass', 'flaky 2/5', 'pass']);
});

t.test('a patch that does not build is a cell with its reason, and the others are filled', async (t) => {
  const { cells, grid, missing, out } = await merge(await bundles(t, ['p', 'p', '!', 'p']));
  t.same(missing, []);
  t.same(cells('builds'), ['pass', 'pass', 'fail', 'pass']);
  t.same(cells(title), ['pass', 'pass', 'not-run', 'pass']);
  const cell = grid.rows.find(({ name }) => name === 'builds')!.cells[2]!;
  t.same(cell.reasons, ['p2pdma.c:42: error: no ;']);
  t.match(readFileSync(path.join(out, cell.folder!, 'make.log'), 'utf8'), /no ;/);
});

t.test('a kernel that one machine could not build and another could is there', async (t) => {
  const dir = await bundles(t, ['p', 'p', 'p', 'p']);
  const one = plan.jobs[2]!;
  await writeNotBuilt(path.join(dir, 'in/elsewhere', one.id), { job: one, harness }, notBuilt(dir));
  const { cells, choice } = await merge(dir);
  t.same(cells('builds'), ['pass', 'pass', 'pass', 'pass']);
  t.same(cells(title), ['pass', 'pass', 'pass', 'pass']);
  t.match(choice.duplicates, [{ chosen: { document: { outcome: 'pass' } } }]);
});

t.test('nothing at all', async (t) => {
  const { cells, missing } = await merge(await bundles(t, []));
  t.equal(missing.length, 4);
  t.same(cells('boots'), Array(4).fill('not-run'));
});
