import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { noProgress, type Progress } from '../common/progress.js';
import type { HostApt } from './host-apt.js';
import type { Recipe } from './image.js';
import { lastWords } from './last-words.js';
import { runTool, type Tool } from './run-tool.js';

/** Folder of a build (`dir`), and where its tools log. */
export type BuildPlace = { dir: string; tree: string; log: string; signal: AbortSignal; progress?: Progress };

/** Where the tree lists the archives it was made of, one file name a line. */
const archiveList = 'p2plab/debian-archives';

/**
 * Unpacks the packages and all they depend on into a tar archive. Nothing of them is run: maintainer scripts would need
 * the guest's system around them, take most of the time, and leave nothing that these guests need.
 * @returns the tar file
 */
export async function installPackages(
  recipe: Recipe,
  suite: string,
  apt: HostApt,
  place: BuildPlace,
): Promise<string> {
  const tar = path.join(place.dir, 'packages.tar');
  const { progress = noProgress, log, signal } = place;
  const onLine = (line: string) => {
    const phase = phases.find(([start]) => line.startsWith(start));
    if (phase) progress(phase[1]);
  };
  const stanzas = path.join(place.dir, 'debian.sources');
  await writeFile(stanzas, apt.sources.stanzas);
  const argv: Tool['argv'] = ['mmdebstrap', ...mmdebstrapArgs(recipe.packages, { suite, tar, apt, stanzas })];
  const env = { TMPDIR: place.dir }; // which is swept if we are killed
  const { ok, output } = await runTool({
    argv,
    debianPackage: 'mmdebstrap',
    cwd: place.dir,
    log,
    env,
    onLine,
    signal,
  });
  if (!ok) throw packagesError(recipe, output, log);
  await rm(stanzas);
  return tar;
}

type Bootstrap = { suite: string; tar: string; apt: HostApt; stanzas: string };

/** @param stanzas the file that holds the deb822 sources */
export function mmdebstrapArgs(
  packages: readonly string[],
  { suite, tar, apt, stanzas }: Bootstrap,
): string[] {
  const { sources, options } = apt;
  return [
    // nothing is run in the tree: no root is needed, no chroot(2), and no user namespace, which not every host lets one have
    ...['--variant=extract', '--mode=chrootless', '--format=tar', '--verbose'],
    `--include=${packages.join(',')}`,
    ...['Acquire::Languages "none";', ...options].map((option) => `--aptopt=${option}`),
    `--setup-hook=${mergedUsr}`,
    `--extract-hook=mkdir -p "$1/p2plab" && ls "$1/var/cache/apt/archives" >"$1/${archiveList}"`,
    ...[suite, tar],
    ...sources.lines,
    ...(sources.stanzas === '' ? [] : [stanzas]),
  ];
}

/** Package versions by the names of the archives: `fio_3.33-3_amd64.deb`, a colon is written %3a. */
export function packageVersions(archives: string): Record<string, string> {
  const found = archives.split('\n').flatMap((file) => {
    const [, name, version] = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(file) ?? [];
    return name && version ? [[name, decodeURIComponent(version)] as const] : [];
  });
  return Object.fromEntries(found);
}

export const archiveListOf = (tree: string) => path.join(tree, archiveList);

/** Older Debian packages have files in /bin and /lib, newer ones in /usr only: with these links both find them. */
const mergedUsr =
  'for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d" && { [ -e "$1/$d" ] || ln -s "usr/$d" "$1/$d"; }; done';

const phases: [string, string][] = [
  ['I: running apt-get update', 'reading package lists'],
  ['I: downloading packages', 'downloading packages'],
  ['I: extracting archives', 'unpacking packages'],
];

function packagesError(recipe: Recipe, output: string, log: string): HarnessError {
  const unknown = /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/.exec(
    output,
  );
  const name = unknown?.[1] ?? unknown?.[2];
  if (name && recipe.packages.includes(name))
    return new HarnessError('scenario', `image ${recipe.name}: Debian has no package ${name}`, {
      remedy: 'correct `packages:` in its YAML, or run apt-get update if the package is new',
      evidence: log,
    });
  if (/No space left on device|Disk quota exceeded|enough free space/.test(output))
    return new HarnessError('host', `there is no room to make image ${recipe.name} in`, {
      remedy: 'free 1 GB there, or point XDG_CACHE_HOME to a folder with more room',
      evidence: log,
    });
  return new HarnessError('host', `mmdebstrap could not make image ${recipe.name}: ${lastWords(output)}`, {
    remedy: 'check that apt-get update works on this host, then run p2plab again',
    evidence: log,
  });
}
