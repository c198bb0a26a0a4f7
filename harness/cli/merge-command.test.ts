import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { planJson } from '../jobs/plan-document.js';
import { job, planOf, writeBundle } from '../jobs/sample.test.support.js';
import { plan as seriesPlan } from '../labs/series-plan.test.support.js';
import { mergeCommand } from './merge-command.js';
import { plainTerminal } from './terminal.test.support.js';

/** A plan in a file, and what merging an empty folder by it comes to. */
async function merge(t: Test, plan: Parameters<typeof planJson>[0], previous?: string) {
  const dir = t.testdir({ none: {} });
  const file = path.join(dir, 'plan.json');
  writeFileSync(file, planJson(plan));
  const out = path.join(dir, 'out');
  return mergeCommand([path.join(dir, 'none')], { plan: file, out, previous }, plainTerminal().terminal);
}

t.test('a version before is of a series, and there already', async (t) => {
  await t.rejects(merge(t, planOf([job(1)]), 'v1'), {
    blame: 'scenario',
    message: '--previous is for a series, and the plan is of none',
    remedy: 'leave it out; two runs are compared by p2plab compare BASE HEAD',
  });
  await t.rejects(merge(t, seriesPlan, '/nowhere/v1.mbx'), {
    blame: 'scenario',
    message: '/nowhere/v1.mbx is not the folder of a series, and merging runs none',
    remedy: 'run that version first, or merge its bundles, and name the folder with its series.json',
  });
});

t.test('nothing at all is told with the first job that is missing', async (t) => {
  await t.rejects(merge(t, planOf([job(1), job(2)])), {
    blame: 'scenario',
    message: "none of the plan's 2 jobs has a bundle there",
    remedy: 'give the folders that run --shard or --job wrote; first missing: copy [n=1]',
  });
});

t.test('a folder that is not there is told', async (t) => {
  const dir = t.testdir();
  const file = path.join(dir, 'plan.json');
  writeFileSync(file, planJson(planOf([job(1)])));
  await writeBundle(path.join(dir, 'in', job(1).id), job(1));
  let complained = '';
  const terminal = { ...plainTerminal().terminal, err: (text: string) => void (complained += text) };
  const dirs = [path.join(dir, 'in'), path.join(dir, 'typo')];
  const out = path.join(dir, 'out');
  t.equal(await mergeCommand(dirs, { plan: file, out }, terminal), 0, 'a machine may have left none');
  t.match(complained, `there is no folder ${path.join(dir, 'typo')}\n`);
});
