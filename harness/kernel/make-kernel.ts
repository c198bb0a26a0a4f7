import path from 'node:path';
import type { Progress } from '../common/progress.js';
import { makeCommand } from './build-environment.js';
import { readBuildId } from './build-id.js';
import { copyGdbScripts, copyResults, installModules, readRelease } from './copy-results.js';
import { configSymbols } from './kconfig-text.js';
import type { KernelManifest } from './kernel.js';
import type { KernelRecipe } from './kernel-recipe.js';
import { makeFailure, type BuildContext } from './make-failure.js';
import { mergeConfig } from './merge-config.js';
import { runInGroup, type GroupRun } from './run-in-group.js';

export type MakeOptions = {
  /** The folder for `make O=`. */
  objects: string;
  /** How many objects will be compiled, if that is known. */
  total: number | undefined;
  /** Its working directory is the patched source. */
  run: GroupRun;
  progress: Progress;
};

/**
 * Configures, compiles, and copies what is kept to `dir`.
 * @throws HarnessError when a symbol is lost or make fails; Interrupted
 */
export async function makeKernel(
  recipe: KernelRecipe,
  dir: string,
  options: MakeOptions,
): Promise<Pick<KernelManifest, 'release' | 'buildId' | 'hasModules' | 'built'>> {
  const { objects, run, progress } = options;
  const { name, source, extra } = recipe;
  const ownSource = source.tree === undefined ? [] : [source.origin];
  const usersOwn = [...extra.patches.map(({ file }) => file), ...ownSource];
  const context: BuildContext = { name, tree: run.cwd, log: run.log, source: source.origin, usersOwn };
  const started = performance.now();
  progress('configuring');
  const config = configSymbols(await mergeConfig(recipe, objects, context, run));
  const hasModules = [...config.values()].includes('m');
  const debugInfo = config.get('DEBUG_INFO') === 'y';
  const gdbScripts = config.get('GDB_SCRIPTS') === 'y';
  const make = makeCommand(run.cwd, objects, recipe.toolchain, { debugInfo });
  const targets = ['bzImage', ...(hasModules ? ['modules'] : []), ...(gdbScripts ? ['scripts_gdb'] : [])];
  const compiled = await compile([...make, ...targets], context, options);
  progress('copying the kernel to the cache');
  await copyResults({ objects, tree: run.cwd, log: run.log }, dir);
  if (gdbScripts) await copyGdbScripts(objects, dir);
  if (hasModules) await installModules(make, dir, context, run);
  return {
    release: await readRelease(objects),
    buildId: await readBuildId(path.join(dir, 'vmlinux'), run.signal),
    hasModules,
    built: { ms: Math.round(performance.now() - started), objects: compiled },
  };
}

/** Runs make and counts the objects it compiles. */
async function compile(
  argv: string[],
  context: BuildContext,
  { run, progress, total }: MakeOptions,
): Promise<number> {
  let objects = 0;
  const onLine = (line: string) => {
    if (isObject(line)) progress('compiling', ++objects, total);
  };
  progress('compiling', 0, total);
  const { code, said } = await runInGroup(argv, { ...run, onLine });
  if (code !== 0) throw await makeFailure('compiling', context, said);
  return objects;
}

/** `  CC      mm/slub.o`, `  AS [M]  arch/x86/…`; host programs and archives are not counted. */
export const isObject = (line: string): boolean => /^ {2}(CC|AS)( \[M\])? /.test(line);
