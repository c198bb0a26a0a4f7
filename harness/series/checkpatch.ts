import { execa } from 'execa';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Interrupted } from '../common/errors.js';

/** `ERROR: trailing whitespace (0003-a-change.patch:12)` */
export type CheckpatchFinding = { level: 'ERROR' | 'WARNING' | 'CHECK'; type: string; text: string };

/** A tree that was unpacked from a package has no history to look a commit up in. */
const beyondThePatch = ['UNKNOWN_COMMIT_ID'];

/**
 * Lets the kernel's own scripts/checkpatch.pl --strict read patches.
 * @param tree the kernel source that has the script
 * @returns undefined when it has none, or there is no perl
 */
export async function checkpatch(
  tree: string,
  patches: readonly string[],
  signal: AbortSignal,
): Promise<CheckpatchFinding[] | undefined> {
  const script = path.join(tree, 'scripts/checkpatch.pl');
  if (!(await stat(script).catch(() => undefined))) return undefined;
  const argv = [
    '--no-tree',
    '--strict',
    '--terse',
    '--show-types',
    '--no-summary',
    '--color=never',
    ...patches,
  ];
  const ended = await execa('perl', [script, ...argv], { cwd: tree, reject: false, cancelSignal: signal });
  if (signal.aborted) throw new Interrupted();
  if (ended.code === 'ENOENT') return undefined;
  return readCheckpatch(ended.stdout).filter(({ type }) => !beyondThePatch.includes(type));
}

/** Lines as of `--terse --show-types`: `FILE:LINE: WARNING:LONG_LINE: line length of 101 exceeds 100 columns`. */
export const readCheckpatch = (output: string): CheckpatchFinding[] =>
  [...output.matchAll(/^(.*?):(\d+): (ERROR|WARNING|CHECK):([A-Z0-9_]+): (.*)$/gm)].map(
    ([, file, line, level, type, text]) => {
      const where = `${path.basename(file!)}:${line}`;
      return { level: level as CheckpatchFinding['level'], type: type!, text: `${text} (${where})` };
    },
  );
