import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import type { Fragment } from './resolve-kernel-spec.js';
import type { GroupRun } from './run-in-group.js';
import { git } from './tree-git.js';

/** In an object folder: of what its .config was made, and what came of it. */
const noteFile = '.p2plab-config';

/** All that a .config is made of: fragments, the compiler's version, and the source's Kconfig files as they are patched. */
export async function configInputs(
  fragments: readonly Pick<Fragment, 'text'>[],
  compilers: readonly string[],
  { cwd, signal }: Pick<GroupRun, 'cwd' | 'signal'>,
): Promise<string> {
  const kconfig = await git(cwd, ['ls-files', '--stage', '--', '*Kconfig*', 'scripts/kconfig'], { signal });
  return contentId([kconfig, ...compilers, ...fragments.map(({ text }) => text)]);
}

/** The .config of an object folder, when it was made of the same and nothing has changed it. */
export async function keptConfig(objects: string, inputs: string): Promise<string | undefined> {
  const note = await readFile(path.join(objects, noteFile), 'utf8').catch(() => undefined);
  const config = await readFile(path.join(objects, '.config'), 'utf8').catch(() => undefined);
  return config !== undefined && note === noteOf(inputs, config) ? config : undefined;
}

/** Call it when the configuration has all that was asked for. */
export async function keepConfig(objects: string, inputs: string, config: string): Promise<void> {
  await writeFile(path.join(objects, noteFile), noteOf(inputs, config));
}

const noteOf = (inputs: string, config: string): string => `${inputs} ${contentId(settingsOf(config))}\n`;

/** Without the heading, which a make with ARCH= writes otherwise than one without. */
const settingsOf = (config: string): string[] =>
  config.split('\n').filter((line) => /^(# )?CONFIG_/.test(line));
