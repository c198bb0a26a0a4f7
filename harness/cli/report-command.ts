import { InvalidArgumentError, Option } from 'commander';
import { execa } from 'execa';
import { HarnessError } from '../common/errors.js';
import { formatNames, type FormatName } from '../report/format-names.js';
import { formats, type ReportOptions } from '../report/formats.js';
import { loadRun } from '../report/load-run.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import { formatOption } from './format-option.js';
import { reportSource } from './report-source.js';
import type { Terminal } from './terminal.js';

export type ReportCommandOptions = {
  format: FormatName[];
  out?: string;
  against?: string;
  inReplyTo?: string;
  origin?: string;
};

/** `p2plab report`: returns the exit code, which says nothing about the results. */
export async function reportCommand(
  dir: string,
  { format, out, against, inReplyTo, origin }: ReportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (out === '-' && format.length > 1)
    throw new HarnessError('scenario', `--out - takes one format, not ${format.join(',')}`, {
      remedy: 'name one format, or a folder',
    });
  const source = await reportSource(dir, { format, against });
  const options: ReportOptions = {
    now: new Date(),
    against: against === undefined ? undefined : await loadRun(against),
    inReplyTo: inReplyTo ?? (source.cover && readMessageId(source.cover)),
    from: format.includes('mail') ? await gitUser() : undefined,
    origin,
  };
  for (const name of format) {
    if (out === '-') terminal.out(await source.text(name, options));
    else terminal.out(`${await source.write(name, out ?? dir, options)}\n`);
  }
  return exitCodes.passed;
}

/** Undefined when git does not know, or is not there: the mail has a placeholder then. */
async function gitUser(): Promise<ReportOptions['from']> {
  const read = async (key: string) => {
    const { stdout, exitCode } = await execa('git', ['config', '--get', key], { reject: false });
    return exitCode === 0 ? String(stdout).trim() : '';
  };
  const [name, address] = [await read('user.name'), await read('user.email')];
  return /^[^\s<>@]+@[^\s<>@]+$/.test(address) ? { name: name || 'p2plab', address } : undefined;
}

export const addReport: AddCommand = (program, terminal, done) => {
  const width = Math.max(...formatNames.map((name) => name.length));
  const table = formatNames.map(
    (name) => `  ${name.padEnd(width)}  ${formats[name].summary} (${formats[name].file})\n`,
  );
  program
    .command('report')
    .description('make reports of a run, a series or a bench, also of one that was killed')
    .argument('<run>', 'a run folder, or that of a series or a bench, which have some of the formats')
    .addOption(formatOption('--format <name,...>', 'one or more of ').default(['markdown'], 'markdown'))
    .option('--out <dir>', 'where to write the files, or - for standard output (default: the run folder)')
    .option('--against <run>', 'tell what changed against this run folder')
    .addOption(
      new Option(
        '--in-reply-to <message-id>',
        'the mail that the mail answers (default: the cover letter of a series)',
      ).argParser(readMessageId),
    )
    .addOption(
      new Option('--origin <name>', 'what KCIDB calls your CI (default: p2plab)').argParser(readOrigin),
    )
    .addHelpText(
      'after',
      `\nFormats:\n${table.join('')}\nExample:\n  $ p2plab report p2plab-runs/head --format mail,junit --against p2plab-runs/base\n`,
    )
    .action(async (dir: string, options: ReportCommandOptions) =>
      done(await reportCommand(dir, options, terminal)),
    );
};

/** With or without its angle brackets. */
function readMessageId(value: string): string {
  const [, id] = /^<?([^\s<>@]+@[^\s<>@]+?)>?$/.exec(value.trim()) ?? [];
  if (id === undefined)
    throw new InvalidArgumentError('want a Message-ID, such as <20261126.1@example.org>.');
  return `<${id}>`;
}

function readOrigin(value: string): string {
  if (/^[a-z0-9_]+$/.test(value)) return value;
  throw new InvalidArgumentError('want lower-case letters, digits and underscores.');
}
