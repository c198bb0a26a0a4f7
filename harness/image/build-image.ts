import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir } from '../common/paths.js';
import { noProgress, type Progress } from '../common/progress.js';
import { HarnessError } from '../common/errors.js';
import { compileLibraries, compilePrograms } from './compile-programs.js';
import { fillTree, versionsIn } from './fill-tree.js';
import { readHostApt } from './host-apt.js';
import { rootfsFile } from './image-store.js';
import type { ImageManifest, Recipe } from './image.js';
import { installPackages, type BuildPlace } from './install-packages.js';
import { lastWords } from './last-words.js';
import { runTool, type Tool } from './run-tool.js';
import { stubLibraries } from './stub-libraries.js';

export type ImageBuild = {
  recipe: Recipe;
  id: string;
  suite: string;
  signal: AbortSignal;
  progress?: Progress;
};

/** Builds an image into a folder: root.erofs, and nothing else is left there. */
export async function buildImage(dir: string, build: ImageBuild): Promise<ImageManifest> {
  const { recipe, id, suite, signal, progress = noProgress } = build;
  const started = Date.now();
  const log = path.join(cacheDir(), 'logs', `image-${recipe.name}-${id}.log`);
  await mkdir(path.dirname(log), { recursive: true });
  await rm(log, { force: true });
  const tree = path.join(dir, 'tree');
  const place: BuildPlace = { dir, tree, log, signal, progress };

  const tar = await installPackages(recipe, suite, await readHostApt(), place);
  await unpack(tar, place);
  await rm(tar);
  progress('adding overlay files and programs');
  await fillTree(tree, recipe);
  await stubLibraries(recipe.stubs, place);
  await compilePrograms(recipe.programs, place);
  await compileLibraries(recipe.libraries, place);
  const packages = await versionsIn(tree);
  progress('packing the file system');
  await packErofs(id, place);
  await rm(tree, { recursive: true, force: true });
  const now = Date.now();
  return { name: recipe.name, suite, packages, builtAt: new Date(now).toISOString(), builtMs: now - started };
}

async function unpack(tar: string, { dir, tree, log, signal }: BuildPlace): Promise<void> {
  await mkdir(tree, { mode: 0o755 });
  const kept = ['--no-same-owner', '--same-permissions']; // and nothing of the umask of whoever builds it
  const argv: Tool['argv'] = ['tar', '-x', '-f', tar, '-C', tree, ...kept, '--exclude=./dev/*'];
  const { ok, output } = await runTool({ argv, debianPackage: 'tar', cwd: dir, log, signal });
  if (!ok) throw hostError(`cannot unpack the packages: ${lastWords(output)}`, log);
}

/** Times and ids are fixed, so that the same tree gives the same file, and owners are root: a guest has no other user. */
async function packErofs(id: string, { dir, tree, log, signal }: BuildPlace): Promise<void> {
  const uuid = `00000000-0000-0000-${id.slice(0, 4)}-${id.slice(4)}`;
  const argv: Tool['argv'] = [
    'mkfs.erofs',
    '-T0',
    `-U${uuid}`,
    '--all-root',
    path.join(dir, rootfsFile),
    tree,
  ];
  const { ok, output } = await runTool({ argv, debianPackage: 'erofs-utils', cwd: dir, log, signal });
  if (!ok) throw hostError(`mkfs.erofs failed: ${lastWords(output)}`, log);
}

function hostError(message: string, evidence: string): HarnessError {
  return new HarnessError('host', message, {
    remedy: 'read the log; check that the cache directory has 1 GB free',
    evidence,
  });
}
