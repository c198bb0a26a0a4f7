import { copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFailure, type BuildContext } from './make-failure.js';
import { runInGroup, type GroupRun } from './run-in-group.js';

type BuiltIn = { objects: string; tree: string; log: string };

const scripts = ['decode_stacktrace.sh', 'decodecode', 'faddr2line'];

/** Copies what is kept of a build into the artifact's folder. */
export async function copyResults({ objects, tree, log }: BuiltIn, dir: string): Promise<void> {
  await mkdir(path.join(dir, 'scripts'), { recursive: true });
  await copyFile(path.join(objects, 'arch/x86/boot/bzImage'), path.join(dir, 'bzImage'));
  for (const file of ['vmlinux', '.config', 'System.map'])
    await copyFile(path.join(objects, file), path.join(dir, file));
  for (const script of scripts)
    await copyFile(path.join(tree, 'scripts', script), path.join(dir, 'scripts', script));
  await copyFile(log, path.join(dir, 'build.log'));
}

/** The kernel's own commands for gdb, lx-symbols among them: vmlinux-gdb.py finds the others from where it is. */
export async function copyGdbScripts(objects: string, dir: string): Promise<void> {
  for (const name of ['vmlinux-gdb.py', 'scripts/gdb'])
    await cp(path.join(objects, name), path.join(dir, name), { recursive: true, dereference: true });
}

/** Installs the =m part below DIR/modules, as INSTALL_MOD_PATH. */
export async function installModules(
  make: readonly string[],
  dir: string,
  context: BuildContext,
  run: GroupRun,
): Promise<void> {
  const argv = [...make, `INSTALL_MOD_PATH=${path.join(dir, 'modules')}`, 'modules_install'];
  const { code, said } = await runInGroup(argv, run);
  if (code !== 0) throw await makeFailure('installing the modules of', context, said);
}

/** What `make kernelrelease` would print. */
export async function readRelease(objects: string): Promise<string> {
  return (await readFile(path.join(objects, 'include/config/kernel.release'), 'utf8')).trim();
}
