import { Command } from 'commander';
import { harnessVersion } from '../report/run-header.js';
import { addRun } from './add-run.js';
import { addSeries } from './add-series.js';
import { addArtifacts } from './artifact-commands.js';
import { addBench } from './bench-command.js';
import { addBisect } from './bisect-command.js';
import { addCheck } from './check-command.js';
import { addCiFiles } from './ci-files-command.js';
import { addCiMatrix } from './ci-matrix-command.js';
import type { AddCommand } from './command-options.js';
import { addCompare } from './compare-command.js';
import { addCost } from './cost-command.js';
import { addCoverage } from './coverage-command.js';
import { addDoctor } from './doctor-command.js';
import { addExplain } from './explain-command.js';
import { addHistory } from './history-command.js';
import { addJudge } from './judge-command.js';
import { addList } from './list-command.js';
import { addMerge } from './merge-command.js';
import { addMutants } from './mutants-command.js';
import { addPlan } from './plan-command.js';
import { addReport } from './report-command.js';
import { addPool } from './pool-command.js';
import { addRepro } from './repro-command.js';
import { addShell } from './shell-command.js';
import { addSlurm } from './slurm-command.js';
import { addSteps } from './steps-command.js';
import type { Terminal } from './terminal.js';
import { addTimeline } from './timeline-command.js';
import { addVms } from './vms-command.js';

const commands: Record<string, readonly AddCommand[]> = {
  'Run:': [addRun, addSeries, addBisect, addBench, addMutants],
  'By hand:': [addRepro, addShell, addVms],
  'What happened:': [addReport, addCompare, addTimeline, addCoverage, addCost, addHistory, addJudge],
  'Scenarios:': [addList, addSteps, addCheck, addPlan, addExplain],
  'Many machines:': [addMerge, addPool, addSlurm, addCiMatrix],
  'Machine:': [addArtifacts, addDoctor, addCiFiles],
};

/** The whole command line. Each action leaves its exit code with `done`. */
export function buildProgram(terminal: Terminal, done: (exitCode: number) => void): Command {
  const program = new Command('p2plab')
    .description('End-to-end tests of PCI peer-to-peer memory in the Linux kernel, in QEMU')
    .version(harnessVersion)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
    .exitOverride();
  for (const [heading, group] of Object.entries(commands)) {
    program.commandsGroup(heading);
    for (const add of group) add(program, terminal, done);
  }
  return program;
}
