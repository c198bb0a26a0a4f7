import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { Evidence } from '../evidence/evidence.js';
import { runDocumentSchema, type Result, type RunDocument } from '../report/run-document.js';
import { resultFolder } from '../scenario/result-folder.js';
import type { AddCommand } from './command-options.js';
import { readJson } from './result-folders.js';
import { runCommand, type RunOptions } from './run-command.js';
import type { Terminal } from './terminal.js';

export type ReproOptions = { kernel?: string; out?: string };

export const addRepro: AddCommand = (program, terminal, done) => {
  program
    .command('repro')
    .description('run one result of a run again: same scenario, kernel, image and settings, all evidence')
    .argument('<result>', 'a result folder: RUN/results/NAME')
    .option('--kernel <name|path>', "another kernel than the result's")
    .option('--out <dir>', 'the new run folder')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab repro p2plab-runs/2026-11-22T181225Z-4f1c/results/nvme-copy-p2p.provider=shm0\n',
    )
    .action(async (dir: string, options: ReproOptions) => done(await reproCommand(dir, options, terminal)));
};

/** `p2plab repro`: the exit code of the new run. */
export async function reproCommand(dir: string, options: ReproOptions, terminal: Terminal): Promise<number> {
  const folder = path.resolve(dir);
  const run = await readRun(path.resolve(folder, '../..', 'run.json'));
  const result = run.results.find((r) => resultFolder(r.scenario, r.variant) === path.basename(folder));
  if (!result) {
    throw new HarnessError('scenario', `run.json of ${run.id} has no result ${path.basename(folder)}`, {
      remedy: 'give a folder of results/',
    });
  }
  const { scenario } = (await readJson(path.join(folder, 'evidence.json'))) as Evidence;
  terminal.out(
    `the run said: ${result.outcome}${result.reasons.map((reason) => `\n  ${reason}`).join('')}\n`,
  );
  return runCommand([], sameAs(run, result, options), terminal, [scenario]);
}

function sameAs(run: RunDocument, result: Result, { kernel: other, out }: ReproOptions): RunOptions {
  const kernel = run.kernels.find(({ name }) => name === result.kernel);
  const patches =
    kernel?.series.filter(({ name }) => name === '--patch').flatMap((series) => series.patches) ?? [];
  return {
    kernel: other ?? result.kernel,
    patch: other === undefined ? patches : [],
    image: run.image.name,
    accel: run.host.accelerator,
    set: {},
    jobs: 1,
    controls: result.controls !== 'off',
    without: [], // the scenario of the evidence has it
    ...(out !== undefined && { out }),
  };
}

async function readRun(file: string): Promise<RunDocument> {
  const read = runDocumentSchema.safeParse(await readJson(file));
  if (read.success) return read.data;
  throw new HarnessError('scenario', `${file} is not a p2plab.run/1 document`, {
    remedy: 'reproduce it with the version of p2plab that made it',
    evidence: file,
  });
}
