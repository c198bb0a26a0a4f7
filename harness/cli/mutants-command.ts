import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import { findKernel } from '../kernel/find-kernel.js';
import { isBuiltHere } from '../kernel/kernel-recipe.js';
import { forKernel, type Candidate } from '../mutants/choose-scenarios.js';
import { findMutants } from '../mutants/find-mutants.js';
import { killReport } from '../mutants/kill-report.js';
import { killTable } from '../mutants/kill-table.js';
import type { MutantEntry } from '../mutants/mutants-document.js';
import { runMutants } from '../mutants/run-mutants.js';
import { expectedSeconds } from '../report/expected-seconds.js';
import { readHistory } from '../report/history.js';
import { exitCodes } from './exit-code.js';
import { areaOf, selectVariants } from './find-scenarios.js';
import { mainLab, type LabOptions } from './main-lab.js';
import type { Terminal } from './terminal.js';
import { type AddCommand, accelOption, imageOption, jobsOption } from './command-options.js';

export type MutantsOptions = LabOptions & {
  tag?: string;
  areaOnly?: boolean;
  out: string;
  baseline: boolean;
  writeTable?: string;
};

/** `p2plab mutants`: which scenario notices each fault. @returns the exit code */
export async function mutantsCommand(
  names: string[],
  options: MutantsOptions,
  terminal: Terminal,
): Promise<number> {
  const { kernel, tag, areaOnly = false, baseline, writeTable } = options;
  const mutants = await findMutants(names);
  if (!isBuiltHere(await findKernel(kernel))) throw cannotPatch(kernel);
  const candidates = forKernel(await allCandidates(kernel, tag), kernel);
  const dir = path.resolve(options.out);
  terminal.out(
    `${mutants.length} mutants on ${kernel}, ${candidates.length} scenario variants, results in ${dir}\n`,
  );
  const lab = mainLab(options, terminal);
  const document = await runMutants({ mutants, candidates, areaOnly, baseline, dir }, lab);
  const report = killReport(document, { command: commandLine(names, options), date: new Date() });
  for (const file of [path.join(dir, 'mutants.md'), ...(writeTable ? [writeTable] : [])])
    await writeFile(file, report);
  terminal.out(`\n${killTable(document, terminal.colors)}${path.join(dir, 'mutants.md')}\n`);
  return exitCodeOfMutants(document.mutants);
}

/** 3 when one could not be judged, 1 when one survived that is not equivalent, 0 when all were killed. */
export function exitCodeOfMutants(mutants: readonly Pick<MutantEntry, 'state' | 'equivalent'>[]): number {
  if (mutants.some(({ state }) => state !== 'killed' && state !== 'survived')) return exitCodes.broken;
  const survivor = mutants.some(({ state, equivalent }) => state === 'survived' && equivalent === undefined);
  return survivor ? exitCodes.failed : exitCodes.passed;
}

async function allCandidates(kernel: string, tag: string | undefined): Promise<Candidate[]> {
  const history = await readHistory();
  return (await selectVariants({ names: [], tag })).map((scenario) => {
    const { seconds } = expectedSeconds(scenario, history, kernel);
    return { scenario, area: areaOf(scenario.file), seconds };
  });
}

/** Without what only says where to write. */
function commandLine(names: string[], { kernel, tag, areaOnly, baseline, controls }: MutantsOptions): string {
  const flags = [
    ...(tag === undefined ? [] : ['--tag', `'${tag}'`]),
    ...(areaOnly ? ['--area-only'] : []),
    ...(baseline ? [] : ['--no-baseline']),
    ...(controls ? [] : ['--no-controls']),
  ];
  return ['p2plab mutants', ...names, '--kernel', kernel, ...flags].join(' ');
}

const cannotPatch = (kernel: string) =>
  new HarnessError('scenario', `--kernel ${kernel} is built already: no mutant can be put on top of it`, {
    remedy: 'name a kernel that p2plab builds',
  });

export const addMutants: AddCommand = (program, terminal, done) => {
  program
    .command('mutants')
    .description('prove that the scenarios can fail: put one small fault after the other into the kernel')
    .argument('[mutant...]', 'names of kernels/mutants, or patches with such a header (default: all)')
    .option('--kernel <name>', 'the kernel to put them on top of', defaultKernel)
    .option('--tag <expr>', 'only scenarios whose tags match')
    .option('--area-only', "only scenarios of the mutant's own area; else the others come after those")
    .addOption(imageOption())
    .addOption(jobsOption(1))
    .option('--out <dir>', 'the folder; what an earlier start left there is not done again', 'p2plab-mutants')
    .addOption(accelOption())
    .option('--no-baseline', 'do not run the scenarios on the unmodified kernel first')
    .option('--no-controls', 'leave out the control runs without peer memory: quicker')
    .option('--write-table <file>', 'write the kill table there, too, as Markdown')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab mutants acs-needs-both-bits --area-only\n\nExit: 0 all killed, 1 one survived, 2 usage or a header, 3 one not judged, 130 stopped: start again\n',
    )
    .action(async (names: string[], options: MutantsOptions) =>
      done(await mutantsCommand(names, options, terminal)),
    );
};
