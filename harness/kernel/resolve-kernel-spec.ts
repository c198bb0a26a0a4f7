import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import { badKernelSpec, type KernelSpec } from './kernel-spec.js';

export type Patch = { file: string; text: string };
export type Series = { name: string; patches: Patch[] };
export type Fragment = {
  name: string;
  file: string;
  text: string;
  /** Symbols that the source does not know are left out. */
  optional?: true;
};

/** Everything that a definition names, read. */
export type KernelInputs = { series: Series[]; fragments: Fragment[] };

/**
 * Reads the patches and config fragments that a definition names. A name is looked for in series/ and config/ beside
 * the definition, then in p2plab's own kernels/; an entry with a slash is a path relative to the definition.
 * @throws HarnessError(scenario) with everything that is missing, as `file:line:column`
 */
export async function resolveKernelSpec(spec: KernelSpec): Promise<KernelInputs> {
  const problems: string[] = [];
  const series = await Promise.all(spec.series.map((_, i) => readSeries(spec, i, problems)));
  const required = await Promise.all(spec.config.map((_, i) => readFragment(spec, ['config', i], problems)));
  const optional = await Promise.all(
    spec.optional.map((_, i) => readFragment(spec, ['optional', i], problems)),
  );
  const fragments = [...required, ...optional.map((fragment) => ({ ...fragment, optional: true as const }))];
  if (problems.length > 0) throw badKernelSpec(spec.file, problems.sort());
  return { series, fragments };
}

async function readSeries(spec: KernelSpec, index: number, problems: string[]): Promise<Series> {
  const { dir: name, patches: count } = spec.series[index]!;
  const found = await firstThat(places(spec.folder, 'series', name), patchNames);
  if (!found) {
    problems.push(await missing(spec, ['series', index], 'series', name));
    return { name, patches: [] };
  }
  const names = found.value;
  if (count !== undefined && count > names.length)
    problems.push(
      `${spec.at(['series', index, 'patches'])}: want at most ${names.length}, as many as ${found.file} has, found ${count}`,
    );
  const patches = await Promise.all(
    names.slice(0, count).map(async (patch) => {
      const file = path.join(found.file, patch);
      const text = await readText(file);
      if (text === undefined)
        problems.push(`${path.join(found.file, 'series')}: want a patch file, found no ${file}`);
      return { file, text: text ?? '' };
    }),
  );
  return { name, patches };
}

async function readFragment(
  spec: KernelSpec,
  at: ['config' | 'optional', number],
  problems: string[],
): Promise<Fragment> {
  const name = spec[at[0]][at[1]]!;
  const found = await firstThat(places(spec.folder, 'config', name, '.config'), readText);
  if (!found) problems.push(await missing(spec, at, 'config', name));
  return { name: path.basename(name, '.config'), file: found?.file ?? '', text: found?.value ?? '' };
}

/** The patches of a series folder: those its `series` file lists (as quilt does), else all *.patch by name. */
async function patchNames(dir: string): Promise<string[] | undefined> {
  const listed = await readText(path.join(dir, 'series'));
  if (listed !== undefined)
    return listed
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*/, '').trim())
      .filter((line) => line !== '');
  const files = await readdir(dir).catch(() => undefined);
  return files?.filter((file) => file.endsWith('.patch')).sort();
}

function places(own: string, kind: 'series' | 'config', name: string, suffix = ''): string[] {
  if (name.includes('/')) return [path.resolve(own, name)];
  const folders = [own, path.join(packageRoot, 'kernels')];
  return [...new Set(folders)].map((folder) => path.join(folder, kind, name + suffix));
}

async function missing(spec: KernelSpec, at: (string | number)[], kind: 'series' | 'config', name: string) {
  const folder = path.join(spec.folder, kind);
  const there = (await readdir(folder).catch(() => [])).map((file) => path.basename(file, '.config')).sort();
  const what = kind === 'series' ? 'a series folder' : 'a config fragment';
  const known = there.length > 0 ? ` (there are: ${there.join(', ')})` : '';
  return `${spec.at(at)}: want ${what} in ${folder}${known}, found ${JSON.stringify(name)}`;
}

async function firstThat<T>(files: string[], read: (file: string) => Promise<T | undefined>) {
  for (const file of files) {
    const value = await read(file);
    if (value !== undefined) return { file, value };
  }
  return undefined;
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
