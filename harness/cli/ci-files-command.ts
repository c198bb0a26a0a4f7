import { Argument } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export const ciSystems = ['github', 'gitlab', 'github-matrix', 'gitlab-matrix'] as const;
export type CiSystem = (typeof ciSystems)[number];

/** Where the ready-made file of a CI system is in the package. */
export const ciFile = (system: CiSystem): string =>
  path.join(packageRoot, 'harness/ci-files', `${system}.yml`);

/** Adds `ci-files`. */
export const addCiFiles: AddCommand = (program, terminal, done) => {
  program
    .command('ci-files')
    .description('print a ready-made CI file: a patch series every night, or the library on many runners')
    .addArgument(new Argument('<system>', 'whose').choices(ciSystems))
    .option('--write <file>', 'write it there instead; there must be none')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab ci-files github --write .github/workflows/p2plab.yml\n  $ p2plab ci-files gitlab --write .gitlab-ci.yml\n',
    )
    .action(async (system: CiSystem, { write }: { write?: string }) =>
      done(await ciFilesCommand(system, write, terminal)),
    );
};

/** `p2plab ci-files`. @returns the exit code */
export async function ciFilesCommand(
  system: CiSystem,
  file: string | undefined,
  { out }: Terminal,
): Promise<number> {
  const text = await readFile(ciFile(system), 'utf8');
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
