import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resultFolder } from '../scenario/result-folder.js';
import type { Evidence } from '../evidence/evidence.js';
import { inertLine } from '../report/inert-text.js';
import { makeResult } from '../report/make-result.js';
import { loadRun } from '../report/load-run.js';
import { readRunFile } from '../report/read-run.js';
import { stateText } from '../report/run-facts.js';
import { resultTable } from '../report/result-table.js';
import type { Result } from '../report/run-document.js';
import { scenarioTitle } from '../scenario/scenario.js';
import { judge } from '../verdict/judge.js';
import { exitCodeOfResults } from './exit-code.js';
import type { Terminal } from './terminal.js';
import type { AddCommand } from './command-options.js';

/**
 * `p2plab judge`: the verdicts that this version gives on an old run's evidence. Byte for byte the same run.json when
 * neither the evidence nor the rules have changed.
 * @returns the exit code of the new verdicts
 */
export async function judgeCommand(
  dir: string,
  { write }: { write?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { out, colors } = terminal;
  const file = path.join(dir, 'run.json');
  const before = await readRunFile(file);
  const { run } = await loadRun(dir);
  const results = await Promise.all(run.results.map((result) => judgeAgain(dir, result)));
  const after = JSON.stringify({ ...run, results }, null, 2) + '\n';
  results.forEach((result, n) => out(change(run.results[n]!, result)));
  out(`\n${resultTable(results, colors)}\n\n`);
  if (run.state !== 'finished') out(`judged is what had finished${stateText(run.state)}\n`);
  out(after === before ? `${file} says the same, byte for byte\n` : `${file} says something else\n`);
  if (write && after !== before) {
    await writeFile(`${file}.new`, after);
    await rename(`${file}.new`, file);
    out(`${file} written\n`);
  }
  return exitCodeOfResults(results);
}

/** A skipped variant has no evidence: its reason stands. */
async function judgeAgain(dir: string, old: Result): Promise<Result> {
  if (old.outcome === 'skip') return old;
  const file = path.join(dir, 'results', resultFolder(old.scenario, old.variant), 'evidence.json');
  const evidence = JSON.parse(await readRunFile(file)) as Evidence;
  const { wallMs = 0 } = old.phases;
  return makeResult(evidence, judge(evidence), { kernel: old.kernel, wallMs, artifacts: old.artifacts });
}

function change(before: Result, after: Result): string {
  const title = scenarioTitle(after.scenario, after.variant);
  const was = before.outcome === after.outcome ? '' : ` (was ${before.outcome})`;
  const reasons = after.reasons.map((reason) => `    ${inertLine(reason)}\n`);
  return `${after.outcome}${was} ${title}\n${reasons.join('')}`;
}

export const addJudge: AddCommand = (program, terminal, done) => {
  program
    .command('judge')
    .description('judge the evidence of a run folder again, without QEMU')
    .argument('<run>', 'a run folder')
    .option('--write', 'put the new verdicts into run.json')
    .addHelpText('after', '\nExample:\n  $ p2plab judge p2plab-runs/2026-11-22T181225Z-4f1c\n')
    .action(async (dir: string, options: { write?: boolean }) =>
      done(await judgeCommand(dir, options, terminal)),
    );
};
