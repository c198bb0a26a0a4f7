import { closest, distance } from 'fastest-levenshtein';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import { isKernelSource } from './tree-spec.js';

/** What a `--kernel` word means. */
export type KernelReference =
  | { kind: 'definition'; name: string; file: string }
  | { kind: 'tree'; name: string; dir: string; commit?: string }
  | { kind: 'bzImage'; file: string }
  | { kind: 'build'; dir: string };

/** The names of the kernels that p2plab defines. */
export async function definedKernels(folder = path.join(packageRoot, 'kernels')): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => path.basename(file, '.yaml'))
    .sort();
}

/** The YAML file of a defined kernel. */
export const definitionFile = (name: string): string => path.join(packageRoot, 'kernels', `${name}.yaml`);

/**
 * A name of kernels/*.yaml first, then a path: to such a file, to a bzImage, to a source tree, or to a build directory.
 * `TREE@COMMIT` is a commit of a git tree, which need not be checked out.
 * A tree in which a kernel was built is meant as the source; its build is named by its bzImage.
 * @throws HarnessError(scenario) when it is none of these
 */
export async function findKernel(nameOrPath: string): Promise<KernelReference> {
  const names = await definedKernels();
  if (names.includes(nameOrPath))
    return { kind: 'definition', name: nameOrPath, file: definitionFile(nameOrPath) };
  const file = path.resolve(nameOrPath);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    if (await isKernelSource(file)) return { kind: 'tree', name: nameOrPath, dir: file };
    return { kind: 'build', dir: file };
  }
  const builtIn = /^(.*)\/arch\/x86(?:_64)?\/boot\/bzImage$/.exec(file)?.[1];
  if (found && builtIn !== undefined) return { kind: 'build', dir: builtIn };
  if (found && /\.ya?ml$/.test(file)) return { kind: 'definition', name: nameOrPath, file };
  if (found) return { kind: 'bzImage', file };
  const [, tree, commit] = /^(.+?)@(.+)$/.exec(nameOrPath) ?? [];
  if (tree !== undefined && (await stat(path.resolve(tree)).catch(() => undefined))?.isDirectory())
    return { kind: 'tree', name: nameOrPath, dir: path.resolve(tree), commit };
  const near = names.length > 0 ? closest(nameOrPath, names) : undefined;
  const hint = near && distance(near, nameOrPath) <= 4 ? `, did you mean ${near}?` : '';
  throw new HarnessError('scenario', `no kernel and no file named ${nameOrPath}${hint}`, {
    remedy: `give one of ${names.join(', ')}, or the path of a YAML definition, a bzImage, a source tree or a build directory`,
  });
}
