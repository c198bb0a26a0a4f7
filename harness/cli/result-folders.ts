import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';

/**
 * The folders of a run's results that have a file of that name: of the run folder given, or the one result's folder.
 * @throws HarnessError(scenario) when there is none
 */
export async function resultFoldersWith(dir: string, file: string): Promise<string[]> {
  const results = path.join(dir, 'results');
  const names = await readdir(results).catch(() => []);
  const folders = [dir, ...names.sort().map((name) => path.join(results, name))];
  const found: string[] = [];
  for (const folder of folders) {
    const known = await stat(path.join(folder, file)).catch(() => undefined);
    if (known?.isFile()) found.push(folder);
  }
  if (found.length > 0) return found;
  throw new HarnessError('scenario', `there is no ${file} in ${dir} nor in a result of it`, {
    remedy: 'give a run folder, or a folder of its results/',
  });
}

/** @throws HarnessError(scenario) */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new HarnessError('scenario', `${file}: ${(cause as Error).message}`, {
      remedy: 'give the folder of a run, which has run.json and results/',
      cause,
    });
  }
}
