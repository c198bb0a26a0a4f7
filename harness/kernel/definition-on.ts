import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { HarnessError } from '../common/errors.js';
import { findKernel } from './find-kernel.js';
import { parseKernelSpec, type KernelSpec } from './kernel-spec.js';

/**
 * Writes a definition that is another one with another source: config and patches stay.
 * @param nameOrPath a kernel definition
 * @param into the YAML file to write
 * @throws HarnessError(scenario) for a kernel that is built already, or is only a source
 */
export async function definitionOn(
  nameOrPath: string,
  source: KernelSpec['source'],
  into: string,
): Promise<string> {
  const found = await findKernel(nameOrPath);
  if (found.kind !== 'definition')
    throw new HarnessError(
      'scenario',
      `${nameOrPath} ${found.kind === 'tree' ? 'is a source itself' : 'is built already'}: nothing can be put upon it`,
      {
        remedy: 'name a kernel that p2plab builds: its config is taken',
      },
    );
  const spec = parseKernelSpec(found.file, await readFile(found.file, 'utf8'));
  const near = async (kind: string, name: string, suffix = '') => {
    if (name.includes('/')) return path.resolve(path.dirname(found.file), name);
    const file = path.join(path.dirname(path.resolve(found.file)), kind, name + suffix);
    return (await stat(file).catch(() => undefined)) ? file : name;
  };
  const series = await Promise.all(
    spec.series.map(async (entry) => ({ ...entry, dir: await near('series', entry.dir) })),
  );
  const config = await Promise.all(spec.config.map((name) => near('config', name, '.config')));
  await writeFile(into, stringify({ source, series, config }));
  return into;
}
