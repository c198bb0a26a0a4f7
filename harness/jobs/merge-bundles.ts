import { constants, cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { loadRun } from '../report/load-run.js';
import { runDocumentSchema, type Result } from '../report/run-document.js';
import { tapLines } from '../report/tap.js';
import { titleOf } from '../report/run-facts.js';
import { writeWhole } from '../report/write-whole.js';
import { isFolder } from './bundle.js';
import type { Choice } from './choose-bundles.js';
import { mergeRuns } from './merge-documents.js';
import type { Plan } from './plan-document.js';

/**
 * Makes one run folder of the bundles chosen: what one machine would have written, its times and host aside.
 * @param out an empty folder
 * @throws HarnessError(scenario) when there is nothing to merge
 */
export async function mergeBundles(
  plan: Pick<Plan, 'jobs'>,
  { chosen, missing }: Pick<Choice, 'chosen' | 'missing'>,
  { id, out }: { id: string; out: string },
): Promise<Result[]> {
  if (chosen.length === 0)
    throw new HarnessError('scenario', `none of the plan's ${plan.jobs.length} jobs has a bundle there`, {
      remedy: `give the folders that run --shard or --job wrote; first missing: ${missing[0]?.title ?? 'none'}`,
    });
  const runs = await Promise.all(chosen.map(({ dir }) => loadRun(dir)));
  const { run, events } = mergeRuns(runs, { id, dir: out, count: plan.jobs.length });
  await mkdir(out, { recursive: true });
  for (const { dir } of chosen) {
    for (const folder of ['results', 'own']) {
      const from = path.join(dir, folder);
      if (await isFolder(from)) {
        const how = { recursive: true, mode: constants.COPYFILE_FICLONE, preserveTimestamps: true };
        await cp(from, path.join(out, folder), how);
      }
    }
  }
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  await writeWhole(path.join(out, 'events.jsonl'), lines.join(''));
  await writeFile(path.join(out, 'run.tap'), tapOf(plan.jobs.length, run.state, run.results));
  const text = JSON.stringify(runDocumentSchema.parse(run), null, 2);
  await writeWhole(path.join(out, 'run.json'), `${text}\n`);
  return run.results;
}

function tapOf(count: number, state: string, results: readonly Result[]): string {
  const points = results.map((result, n) => tapLines(n + 1, titleOf(result), result));
  const end = state === 'finished' ? '' : `Bail out! ${state}\n`;
  return `TAP version 14\n1..${count}\n${points.join('')}${end}`;
}
