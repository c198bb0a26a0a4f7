import { realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { BuildPlace } from './install-packages.js';
import { lastWords } from './last-words.js';
import { pathInTree } from './path-in-tree.js';
import { runTool } from './run-tool.js';

/** Where Debian has them (multiarch). */
const libraryDir = '/usr/lib/x86_64-linux-gnu';

/** A function that a library exports: `glfs_fsync@@GFAPI_6.0`, of which two at signs mark the version to link with. */
type Exported = { name: string; version?: string; isDefault: boolean };

/**
 * Replaces shared libraries of the tree by ones with the same functions, whose call ends the program (SIGILL): what is
 * linked with them starts, and does not load what they would.
 * @throws HarnessError(scenario) for one that is not there, HarnessError(host) when a tool fails
 */
export async function stubLibraries(names: readonly string[], place: BuildPlace): Promise<void> {
  for (const name of names) {
    const library = await pathInTree(place.tree, path.posix.join(libraryDir, name));
    const file = await realpath(library).catch(() => undefined);
    if (file === undefined || !file.startsWith(`${await realpath(place.tree)}/`))
      throw new HarnessError('scenario', `stubs: no package of the image brings ${libraryDir}/${name}`, {
        remedy: 'take it out of stubs, or add the package that has it',
      });
    const exported = exportedFunctions(await tool(['nm', '-D', '--defined-only', file], place));
    await rm(library);
    await rm(file, { force: true });
    await compile(name, exported, library, place);
  }
}

/**
 * A function without a version that also has a default one is left out: the linker takes the two for the same, and who asks
 * for the first gets the second.
 * @param listing of `nm -D --defined-only` (binutils 2.35 and newer tell versions)
 */
export function exportedFunctions(listing: string): Exported[] {
  const all = listing.split('\n').flatMap((line) => {
    const [, symbol] = /^[0-9a-f]* *[TWi] (\S+)$/.exec(line.trim()) ?? [];
    const [, name, at, version] = /^([^@]+)(?:(@@?)(.+))?$/.exec(symbol ?? '') ?? [];
    return name === undefined ? [] : [{ name, version, isDefault: at !== '@' }];
  });
  const versioned = new Set(
    all.flatMap(({ name, version, isDefault }) => (version && isDefault ? name : [])),
  );
  return all.filter(({ name, version }) => version !== undefined || !versioned.has(name));
}

/** Assembly in which all of them are one place. */
export function stubAssembly(exported: readonly Exported[]): string {
  const lines = exported.map(({ name, version, isDefault }, n) => {
    const own = version === undefined ? name : `stub${n}`;
    const versioned = version && `.symver ${own}, ${name}${isDefault ? '@@' : '@'}${version}`;
    return [`.globl ${own}`, `.type ${own}, @function`, `.set ${own}, unneeded`, versioned ?? ''].join('\n');
  });
  return ['.text', 'unneeded: ud2', ...lines, '.section .note.GNU-stack', ''].join('\n');
}

async function compile(name: string, exported: Exported[], library: string, place: BuildPlace) {
  const [source, versions] = ['stub.s', 'stub.map'].map((file) => path.join(place.dir, file)) as [
    string,
    string,
  ];
  const nodes = [...new Set(exported.flatMap(({ version }) => version ?? []))];
  await writeFile(source, stubAssembly(exported));
  await writeFile(versions, nodes.map((node) => `${node} { };\n`).join(''));
  const script = nodes.length > 0 ? [`-Wl,--version-script=${versions}`] : [];
  const options = ['-shared', '-nostdlib', `-Wl,-soname,${name}`, ...script];
  await tool(['gcc', ...options, '-o', library, source], place);
  await rm(source);
  await rm(versions);
}

async function tool(argv: [string, ...string[]], { dir, log, signal }: BuildPlace): Promise<string> {
  const { ok, output } = await runTool({ argv, debianPackage: 'build-essential', cwd: dir, log, signal });
  if (ok) return output;
  throw new HarnessError('host', `${argv[0]} failed on a library: ${lastWords(output)}`, {
    remedy: 'read the log',
    evidence: log,
  });
}
