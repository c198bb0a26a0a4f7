import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';

/**
 * The module files of a build directory, by the list that `make modules` leaves there; undefined when it was never run.
 * @throws HarnessError(scenario) when one of the list is not there
 */
export async function builtModules(dir: string): Promise<string[] | undefined> {
  const list = await readFile(path.join(dir, 'modules.order'), 'utf8').catch(() => undefined);
  if (list === undefined) return undefined;
  // objects since 6.3, module files before
  const files = list
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => path.resolve(dir, line.replace(/\.k?o$/, '.ko')));
  for (const file of files) {
    if (await stat(file).catch(() => undefined)) continue;
    throw new HarnessError(
      'scenario',
      `${dir} has no ${path.relative(dir, file)}, which its modules.order lists`,
      {
        remedy: 'run make modules there, as well as make bzImage',
      },
    );
  }
  return files;
}
