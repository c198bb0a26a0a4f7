import { Argument } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import { usualRounds, withRounds } from './ci-rounds.js';
import { readCount, type AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export const ciSystems = [
  'github',
  'gitlab',
  'github-matrix',
  'gitlab-matrix',
  'github-series-matrix',
  'gitlab-series-matrix',
] as const;
export type CiSystem = (typeof ciSystems)[number];

/** Where the ready-made file of a CI system is in the package. */
export const ciFile = (system: CiSystem): string =>
  path.join(packageRoot, 'harness/ci-files', `${system}.yml`);

export type CiFileOptions = { write?: string; rounds?: number };

/**
 * The ready-made file of a CI system. @param rounds how often what of a series is not settled is run, the first time
 * included
 * @throws HarnessError(scenario) for rounds where there are none
 */
export async function ciText(system: CiSystem, rounds?: number): Promise<string> {
  const text = await readFile(ciFile(system), 'utf8');
  if (system.endsWith('-series-matrix')) return withRounds(text, rounds ?? usualRounds);
  if (rounds === undefined) return text;
  throw new HarnessError('scenario', `the file for ${system} has no rounds`, {
    remedy: `leave --rounds out, or take ${system.split('-')[0]}-series-matrix`,
  });
}

/** Adds `ci-files`. */
export const addCiFiles: AddCommand = (program, terminal, done) => {
  program
    .command('ci-files')
    .description(
      'print a ready-made CI file: a patch series every night, or it or the library on many runners',
    )
    .addArgument(new Argument('<system>', 'whose').choices(ciSystems))
    .option('--write <file>', 'write it there instead; there must be none')
    .option(
      '--rounds <n>',
      `of a series on many runners: how often what is not settled is run, the first time included (default: ${usualRounds})`,
      readCount,
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab ci-files github --write .github/workflows/p2plab.yml\n  $ p2plab ci-files gitlab --write .gitlab-ci.yml\n',
    )
    .action(async (system: CiSystem, options: CiFileOptions) =>
      done(await ciFilesCommand(system, options, terminal)),
    );
};

/** `p2plab ci-files`. @returns the exit code */
export async function ciFilesCommand(
  system: CiSystem,
  { write: file, rounds }: CiFileOptions,
  { out }: Terminal,
): Promise<number> {
  const text = await ciText(system, rounds);
  if (file === undefined) out(text);
  else {
    await writeFile(file, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EEXIST' ? 'it is there already' : cause.message;
      throw new HarnessError('scenario', `cannot write ${file}: ${why}`, {
        remedy: 'name a file that does not exist, in a folder that does',
        cause,
      });
    });
    out(`${file} written: see its first lines for what it wants beside it\n`);
  }
  return exitCodes.passed;
}
