import { execa } from 'execa';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import {
  debianSources,
  indexFormat,
  parseIndexes,
  type DebianSources,
  type SourcesFile,
} from './debian-sources.js';

/** How the host reaches Debian's packages; the image is built the same way. */
export type HostApt = {
  sources: DebianSources;
  /** Settings like `Acquire::http::Proxy "http://proxy:3128";`. */
  options: string[];
};

/** Reads the host's APT configuration. */
export async function readHostApt(etcApt = '/etc/apt'): Promise<HostApt> {
  const [files, indexes, settings] = await Promise.all([
    sourcesFiles(etcApt),
    execa('apt-get', ['indextargets', '--format', indexFormat, 'Created-By: Packages'], { reject: false }),
    execa('apt-config', ['dump', 'Acquire'], { reject: false }),
  ]);
  const sources = debianSources(files, parseIndexes(indexes.stdout ?? ''));
  if (sources.lines.length === 0 && sources.stanzas === '')
    throw new HarnessError(
      'host',
      `no Debian package source in ${etcApt}: guests are made of Debian packages`,
      {
        remedy: `add Debian's archive to ${etcApt}/sources.list.d, then run: apt-get update`,
      },
    );
  return { sources, options: networkOptions(settings.stdout ?? '') };
}

/** Of `apt-config dump`, what decides how packages are fetched. */
export function networkOptions(dump: string): string[] {
  return dump
    .split('\n')
    .filter((row) => /^Acquire::(https?::|Retries |Check-Valid-Until |Check-Date |ForceIPv[46] )/i.test(row))
    .filter((row) => !row.endsWith(' "";'));
}

async function sourcesFiles(etcApt: string): Promise<SourcesFile[]> {
  const parts = path.join(etcApt, 'sources.list.d');
  const names = (await readdir(parts).catch(() => []))
    .filter((n) => /^[\w.-]+\.(list|sources)$/.test(n))
    .sort();
  const all = [path.join(etcApt, 'sources.list'), ...names.map((n) => path.join(parts, n))];
  const texts = await Promise.all(
    all.map(async (name) => ({ name, text: await readFile(name, 'utf8').catch(() => '') })),
  );
  return texts.filter(({ text }) => text !== '');
}
