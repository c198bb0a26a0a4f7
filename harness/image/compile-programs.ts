import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { BuildPlace } from './install-packages.js';
import { lastWords } from './last-words.js';
import { runTool, type Tool } from './run-tool.js';

export const compilerFlags = ['-O2', '-static', '-Wall', '-Wextra', '-Werror'];

/** Compiles an image's C programs into its /p2plab/bin; static, so that they need nothing of the guest. */
export async function compilePrograms(programs: readonly string[], place: BuildPlace): Promise<void> {
  const { tree, log, signal } = place;
  for (const source of programs) {
    const program = path.join(tree, 'p2plab/bin', path.basename(source, '.c'));
    const argv: Tool['argv'] = ['gcc', ...compilerFlags, '-o', program, source];
    const { ok, output } = await runTool({
      argv,
      debianPackage: 'gcc libc6-dev',
      cwd: place.dir,
      log,
      signal,
    });
    if (!ok)
      throw new HarnessError('scenario', `${source} does not compile: ${lastWords(output)}`, {
        remedy: `correct it until this works: gcc ${[...compilerFlags, '-o', '/dev/null', source].join(' ')}`,
        evidence: log,
      });
  }
}
