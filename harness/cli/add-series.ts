import { Option } from 'commander';
import { seriesCommand, type SeriesOptions } from './series-command.js';
import {
  type AddCommand,
  accelOption,
  imageOption,
  jobsOption,
  readCount,
  readRetries,
  repeatable,
  setOption,
} from './command-options.js';

export const addSeries: AddCommand = (program, terminal, done) => {
  program
    .command('series')
    .description('run scenarios on every prefix of a patch series: which patch broke what')
    .argument(
      '[series]',
      'an mbox, a maildir, a folder of patches, a quilt series, a message-id (b4), or BASE..HEAD of --tree',
    )
    .option('--kernel <kernel>', 'the kernel definition to put it on; with --base its config and patches')
    .option('--tree <dir>', 'a git tree, only read: of the range, or of --base; alone: what is not committed')
    .option(
      '--base <base>',
      'a commit of --tree, a tarball, or an unpacked source (default: the base-commit)',
    )
    .addOption(repeatable('--after <series>', 'patches that come before it (repeatable)'))
    .addOption(repeatable('--scenario <name>', 'a scenario (repeatable; default: those of --tag)'))
    .option('--tag <expr>', 'those whose tags match (default: smoke)')
    .option('--each', 'the base and every prefix (default)')
    .addOption(new Option('--last', 'only the base and the whole series').conflicts('each'))
    .option(
      '--previous <previous>',
      'the version before, or its folder: tells what is new, fixed, still failing',
    )
    .option('--retries <n>', 'how often what does not pass is run again in a fresh VM', readRetries, 4)
    .option('--retry-minutes <n>', 'begin no such run later than that after the first', readCount, 10)
    .option('--no-reuse', 'run again what is on record for an identical kernel image')
    .option(
      '--coverage',
      'tell which of the lines that each patch adds were run; nothing on record counts then',
    )
    .addOption(imageOption())
    .option('--out <dir>', 'the folder for it; new or empty (default: p2plab-runs/<time>)')
    .addOption(jobsOption())
    .addOption(setOption())
    .addOption(accelOption())
    .option('--no-controls', 'leave out the control runs without peer memory: quicker, and says so')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab series v2.mbx --kernel p2pmem-6.12 --tag "copy and not long"\n\nExit: 0 no patch breaks anything, 1 one does, 2 usage or series, 3 host or harness\n',
    )
    .action(async (origin: string | undefined, options: SeriesOptions) =>
      done(await seriesCommand(origin, options, terminal)),
    );
};
