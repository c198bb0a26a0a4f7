import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import { readMutant, type Mutant } from './read-mutant.js';

export const mutantDir = path.join(packageRoot, 'kernels/mutants');

/**
 * The mutants of those names or paths, in their order; all of kernels/mutants without one.
 * @throws HarnessError(scenario) when one does not exist or its header is wrong
 */
export async function findMutants(names: readonly string[]): Promise<Mutant[]> {
  const known = (await readdir(mutantDir)).filter((file) => file.endsWith('.patch')).sort();
  const all = known.map((file) => path.basename(file, '.patch'));
  return Promise.all((names.length === 0 ? all : names).map((name) => readNamed(name, all)));
}

async function readNamed(name: string, known: readonly string[]): Promise<Mutant> {
  const file = known.includes(name) ? path.join(mutantDir, `${name}.patch`) : path.resolve(name);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return readMutant(file, text);
  throw new HarnessError('scenario', `no mutant "${name}", did you mean "${closest(name, [...known])}"?`, {
    remedy: `give a name of ${mutantDir}, or the path of a patch`,
  });
}
