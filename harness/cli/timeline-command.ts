import { Option } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { timelineFile } from '../evidence/timeline.js';
import { timelineChrome } from '../report/timeline-chrome.js';
import { readTimeline, timelineText } from '../report/timeline-text.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import { resultFoldersWith } from './result-folders.js';
import type { Terminal } from './terminal.js';

export type TimelineOptions = { format: 'text' | 'chrome' };

export const addTimeline: AddCommand = (program, terminal, done) => {
  program
    .command('timeline')
    .description('consoles, events of QEMU, steps and ledgers of all machines in the order of one clock')
    .argument('<run>', 'a run folder, or the folder of one result')
    .addOption(
      new Option(
        '--format <format>',
        'text to read; chrome writes timeline.json, which Perfetto and chrome://tracing show',
      )
        .choices(['text', 'chrome'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab timeline p2plab-runs/2026-11-22T181225Z-4f1c --format chrome\n',
    )
    .action(async (dir: string, options: TimelineOptions) =>
      done(await timelineCommand(dir, options, terminal)),
    );
};

/** `p2plab timeline`: what a run recorded, without QEMU. */
export async function timelineCommand(
  dir: string,
  { format }: TimelineOptions,
  { out }: Terminal,
): Promise<number> {
  for (const folder of await resultFoldersWith(dir, timelineFile)) {
    const timeline = await read(path.join(folder, timelineFile));
    if (format === 'text') {
      out(`${timelineText(timeline)}\n`);
      continue;
    }
    const file = path.join(folder, 'timeline.json');
    await writeFile(file, JSON.stringify(timelineChrome(timeline)) + '\n');
    out(`${file}: open it at https://ui.perfetto.dev or chrome://tracing\n`);
  }
  return exitCodes.passed;
}

async function read(file: string) {
  try {
    return readTimeline(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new HarnessError('scenario', `${file} cannot be read: ${(cause as Error).message}`, {
      remedy: 'read it with the version of p2plab that made it',
      cause,
    });
  }
}
