import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { BuildPlace } from './install-packages.js';
import { lastWords } from './last-words.js';
import { runTool, type Tool } from './run-tool.js';

const warnings = ['-Wall', '-Wextra', '-Werror'];
export const compilerFlags = ['-O2', '-static', ...warnings];
export const libraryFlags = ['-O2', '-shared', '-fPIC', ...warnings];

/** Compiles an image's C programs into its /p2plab/bin; static, so that they need nothing of the guest. */
export async function compilePrograms(programs: readonly string[], place: BuildPlace): Promise<void> {
  for (const source of programs)
    await compile(source, compilerFlags, path.join('p2plab/bin', path.basename(source, '.c')), place);
}

/** Compiles an image's shared libraries into its /p2plab/lib. */
export async function compileLibraries(libraries: readonly string[], place: BuildPlace): Promise<void> {
  await mkdir(path.join(place.tree, 'p2plab/lib'), { recursive: true });
  for (const source of libraries)
    await compile(source, libraryFlags, path.join('p2plab/lib', `${path.basename(source, '.c')}.so`), place);
}

async function compile(source: string, flags: readonly string[], to: string, place: BuildPlace) {
  const { dir, tree, log, signal } = place;
  const argv: Tool['argv'] = ['gcc', ...flags, '-o', path.join(tree, to), source];
  const { ok, output } = await runTool({ argv, debianPackage: 'gcc libc6-dev', cwd: dir, log, signal });
  if (ok) return;
  throw new HarnessError('scenario', `${source} does not compile: ${lastWords(output)}`, {
    remedy: `correct it until this works: gcc ${[...flags, '-o', '/dev/null', source].join(' ')}`,
    evidence: log,
  });
}
