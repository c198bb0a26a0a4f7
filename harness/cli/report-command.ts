import { InvalidArgumentError, Option } from 'commander';
import { execa } from 'execa';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { formatNames, formats, type FormatName, type ReportOptions } from '../report/formats.js';
import { loadRun, type LoadedRun } from '../report/load-run.js';
import { seriesFormats, type LoadedSeries, type SeriesFormat } from '../report/series-formats.js';
import { writeReport, writeWhole } from '../report/write-report.js';
import { readSeriesFile } from '../series/series-document.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
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
  const series = await readSeriesFile(dir);
  if (series && against !== undefined) throw noAgainst(dir);
  const cover = (series ?? (await seriesAround(dir)))?.series.messageId;
  const options: ReportOptions = {
    now: new Date(),
    against: against === undefined ? undefined : await loadRun(against),
    inReplyTo: inReplyTo ?? (cover && readMessageId(cover)),
    from: format.includes('mail') ? await gitUser() : undefined,
    origin,
  };
  const write = series
    ? seriesWriter({ dir, document: series }, format, options)
    : runWriter(await loadRun(dir), options);
  for (const name of format) {
    if (out === '-') terminal.out(await write.text(name));
    else terminal.out(`${await write.file(name, out ?? dir)}\n`);
  }
  return exitCodes.passed;
}

type Writer = {
  text(name: FormatName): Promise<string>;
  /** @returns the file that was written */
  file(name: FormatName, dir: string): Promise<string>;
};

const runWriter = (loaded: LoadedRun, options: ReportOptions): Writer => ({
  text: async (name) => formats[name].render(loaded, options),
  file: async (name, dir) => writeReport(loaded, name, dir, options),
});

function seriesWriter(series: LoadedSeries, wanted: readonly FormatName[], options: ReportOptions): Writer {
  const known: Partial<Record<FormatName, SeriesFormat>> = seriesFormats;
  const unknown = wanted.find((name) => !known[name]);
  if (unknown !== undefined)
    throw new HarnessError('scenario', `${series.dir} is of a series, which has no ${unknown}`, {
      remedy: `choose of ${Object.keys(known).join(', ')}, or name one of its runs: cells/PATCH/run-N`,
    });
  return {
    text: async (name) => known[name]!.render(series, options),
    file: async (name, dir) =>
      writeWhole(path.join(dir, known[name]!.file), await known[name]!.render(series, options)),
  };
}

/** Of the series whose run a folder is; undefined when it is none's. */
const seriesAround = async (dir: string) => readSeriesFile(path.resolve(dir, '../../..'));

const noAgainst = (dir: string) =>
  new HarnessError('scenario', `${dir} is of a series, which has its base in it: there is no --against`, {
    remedy: 'run the series with --previous to tell it against the version before',
  });

/** Undefined when git does not know, or is not there: the mail has a placeholder then. */
async function gitUser(): Promise<ReportOptions['from']> {
  const read = async (key: string) => {
    const { stdout, exitCode } = await execa('git', ['config', '--get', key], { reject: false });
    return exitCode === 0 ? String(stdout).trim() : '';
  };
  const [name, address] = [await read('user.name'), await read('user.email')];
  return /^[^\s<>@]+@[^\s<>@]+$/.test(address) ? { name: name || 'p2plab', address } : undefined;
}

/** Names of formats, with commas between them. */
export const formatOption = (flags: string, what: string): Option =>
  new Option(flags, `${what}${formatNames.join(', ')}`).argParser(readFormats);

export const addReport: AddCommand = (program, terminal, done) => {
  const width = Math.max(...formatNames.map((name) => name.length));
  const table = formatNames.map(
    (name) => `  ${name.padEnd(width)}  ${formats[name].summary} (${formats[name].file})\n`,
  );
  program
    .command('report')
    .description('make reports of a run folder or that of a series, also of one that was killed')
    .argument('<run>', 'a run folder, or the folder of `p2plab series`: mail, markdown, github, junit')
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

function readFormats(value: string): FormatName[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(formatNames as string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${unknown || 'nothing'} is none of ${formatNames.join(', ')}.`);
  return [...new Set(names)] as FormatName[];
}

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
