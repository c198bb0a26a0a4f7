import { Option } from 'commander';
import { formatOption } from './format-option.js';
import { runCommand } from './run-command.js';
import { jobsOptions, wantsJobs, type JobsOptions } from './jobs-options.js';
import {
  type AddCommand,
  accelOption,
  imageOption,
  jobsOption,
  kernelOption,
  patchOption,
  readSize,
  setOption,
  withoutOption,
} from './command-options.js';

export const addRun: AddCommand = (program, terminal, done) => {
  const run = program
    .command('run')
    .description('run scenarios: by name or file, by tag, or all')
    .argument('[scenario...]', 'names that `p2plab list` shows, or YAML files')
    .option('--tag <expr>', 'only those whose tags match: smoke, "nvmeof and not long"')
    .addOption(kernelOption())
    .addOption(patchOption())
    .addOption(imageOption())
    .option('--out <dir>', 'the run folder; new or empty (default: p2plab-runs/<time>)')
    .addOption(jobsOption())
    .addOption(setOption())
    .addOption(accelOption())
    .option('--no-controls', 'leave out the control runs without peer memory: quicker, and says so')
    .addOption(withoutOption())
    .option(
      '--fresh-boots',
      'boot machines anew for each variant, also where the one before left its own as it found them',
    )
    .option('--coverage', 'record which lines of the kernel run, for `p2plab coverage`')
    .option(
      '--cost',
      "count the kernel's instructions per I/O of the steps, for `p2plab cost`; measured variants run alone",
    )
    .addOption(formatOption('--report <name,...>', 'reports to write into the run folder at the end: '))
    .option('--gdb', 'stop each machine before its first instruction and wait for gdb, one variant at a time')
    .addOption(
      new Option(
        '--dump-memory [max]',
        'after a panic, keep the memory of machines that have no more than this (default: 2G), for gdb or drgn',
      )
        .argParser(readSize)
        .preset('2G'),
    )
    .option('--keep', 'leave the VMs running when a variant is through; see `p2plab vms`')
    .addOption(
      new Option('--on-failure <what>', 'shell: log in to the machine of a variant that fails').choices([
        'shell',
      ]),
    )
    .option('--install-packages', 'install missing Debian packages first (as root)')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab run nvmeof-rdma-p2p --set provider=shm0 --patch my-fix.patch\n\nExit: 0 all passed, 1 the kernel failed, 2 usage or scenario file, 3 host or harness, 4 all skipped\n',
    )
    .action(async (names: string[], options: JobsOptions) => {
      if (!wantsJobs(options)) return done(await runCommand(names, options, terminal));
      const { runJobsCommand, runOrderedJob } = await import('./run-jobs-command.js');
      if (options.ordered) return done(await runOrderedJob(options, process.stdin, terminal));
      done(await runJobsCommand(names, options, terminal));
    });
  for (const option of jobsOptions()) run.addOption(option);
};
