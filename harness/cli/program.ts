import { Command } from 'commander';
import { harnessVersion } from '../report/run-header.js';
import type { AddCommand } from './command-options.js';
import type { Terminal } from './terminal.js';

/** By heading, the commands; a module adds those of these words, and is loaded when one of them is asked for. */
const commands: Record<string, Record<string, () => Promise<AddCommand>>> = {
  'Run:': {
    run: async () => (await import('./add-run.js')).addRun,
    series: async () => (await import('./add-series.js')).addSeries,
    'bisect bisect-step': async () => (await import('./bisect-command.js')).addBisect,
    bench: async () => (await import('./bench-command.js')).addBench,
    mutants: async () => (await import('./mutants-command.js')).addMutants,
  },
  'By hand:': {
    repro: async () => (await import('./repro-command.js')).addRepro,
    shell: async () => (await import('./shell-command.js')).addShell,
    vms: async () => (await import('./vms-command.js')).addVms,
  },
  'What happened:': {
    report: async () => (await import('./report-command.js')).addReport,
    compare: async () => (await import('./compare-command.js')).addCompare,
    timeline: async () => (await import('./timeline-command.js')).addTimeline,
    coverage: async () => (await import('./coverage-command.js')).addCoverage,
    cost: async () => (await import('./cost-command.js')).addCost,
    history: async () => (await import('./history-command.js')).addHistory,
    judge: async () => (await import('./judge-command.js')).addJudge,
  },
  'Scenarios:': {
    list: async () => (await import('./list-command.js')).addList,
    steps: async () => (await import('./steps-command.js')).addSteps,
    check: async () => (await import('./check-command.js')).addCheck,
    plan: async () => (await import('./plan-command.js')).addPlan,
    explain: async () => (await import('./explain-command.js')).addExplain,
  },
  'Many machines:': {
    merge: async () => (await import('./merge-command.js')).addMerge,
    pool: async () => (await import('./pool-command.js')).addPool,
    slurm: async () => (await import('./slurm-command.js')).addSlurm,
    'ci-matrix': async () => (await import('./ci-matrix-command.js')).addCiMatrix,
  },
  'Machine:': {
    'kernel image': async () => (await import('./artifact-commands.js')).addArtifacts,
    doctor: async () => (await import('./doctor-command.js')).addDoctor,
    'ci-files': async () => (await import('./ci-files-command.js')).addCiFiles,
  },
};

/**
 * The command line, with the one command that is asked for, else with all: what each loads would take a third of the
 * memory of a run and most of the time of a short one. Each action leaves its exit code with `done`.
 * @param asked the arguments
 */
export async function buildProgram(
  terminal: Terminal,
  done: (exitCode: number) => void,
  asked: readonly string[] = [],
): Promise<Command> {
  const program = new Command('p2plab')
    .description('End-to-end tests of PCI peer-to-peer memory in the Linux kernel, in QEMU')
    .version(harnessVersion)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
    .exitOverride();
  const isWanted = wantedBy(asked);
  for (const [heading, group] of Object.entries(commands)) {
    program.commandsGroup(heading);
    for (const [words, load] of Object.entries(group))
      if (isWanted(words.split(' '))) (await load())(program, terminal, done);
  }
  return program;
}

function wantedBy([first = '']: readonly string[]): (words: readonly string[]) => boolean {
  if (first === '--version' || first === '-V') return () => false;
  const known = Object.values(commands).flatMap((group) =>
    Object.keys(group).flatMap((words) => words.split(' ')),
  );
  return known.includes(first) ? (words) => words.includes(first) : () => true; // help and mistakes need all
}
