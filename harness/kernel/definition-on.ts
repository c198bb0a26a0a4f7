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
  const { series, config } = await standingAlone(nameOrPath);
  await writeFile(into, stringify({ source, series, config }));
  return into;
}

/**
 * Writes a definition that is another one with one more config fragment.
 * @param fragment the file
 * @throws HarnessError(scenario) as definitionOn(), or when there is no such file
 */
export async function definitionWith(nameOrPath: string, fragment: string, into: string): Promise<string> {
  const { source, series, config, optional } = await standingAlone(nameOrPath);
  const file = path.resolve(fragment);
  if (!(await stat(file).catch(() => undefined)))
    throw new HarnessError('scenario', `${file}: no such file`, {
      remedy: 'name a file with lines such as CONFIG_SLUB_DEBUG=y',
    });
  const more = [...config, file];
  await writeFile(
    into,
    stringify({ source, series, config: more, ...(optional.length > 0 && { optional }) }),
  );
  return into;
}

/** What a definition says, with paths that hold wherever it is written to. */
async function standingAlone(nameOrPath: string): Promise<Omit<KernelSpec, 'file' | 'folder' | 'at'>> {
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
  const folder = path.dirname(path.resolve(found.file));
  const near = async (kind: string, name: string, suffix = '') => {
    if (name.includes('/')) return path.resolve(folder, name);
    const file = path.join(folder, kind, name + suffix);
    return (await stat(file).catch(() => undefined)) ? file : name;
  };
  const nearConfig = (names: readonly string[]) =>
    Promise.all(names.map((name) => near('config', name, '.config')));
  const { tarball, tree, git, ...source } = spec.source;
  const places = Object.entries({ tarball, tree, git }).flatMap(([kind, place]) =>
    place === undefined ? [] : [[kind, path.resolve(folder, place)]],
  );
  return {
    source: { ...source, ...(Object.fromEntries(places) as KernelSpec['source']) },
    series: await Promise.all(
      spec.series.map(async (entry) => ({ ...entry, dir: await near('series', entry.dir) })),
    ),
    config: await nearConfig(spec.config),
    optional: await nearConfig(spec.optional),
  };
}
