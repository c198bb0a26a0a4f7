import { execa } from 'execa';
import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Recipe } from './image.js';
import { archiveListOf, packageVersions } from './install-packages.js';
import { overlayFiles, type OverlayFile } from './overlay-files.js';
import { pathInTree } from './path-in-tree.js';

/** What a guest never reads. Host keys: a package may bring one, and an image must not. */
const unwanted = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
  'etc/dropbear',
  'etc/hostname',
];

/** Mount points and folders that init (images/overlay/p2plab/init) expects in the read-only root. */
const folders = [
  'dev',
  'proc',
  'sys',
  'run',
  'tmp',
  'mnt',
  'root/.ssh',
  'var/log',
  'usr/local',
  'p2plab/bin',
  'p2plab/image',
];

/** Makes the unpacked packages a root file system: overlay files, busybox' commands, /p2plab/bin in PATH. */
export async function fillTree(tree: string, recipe: Recipe): Promise<void> {
  await Promise.all(unwanted.map((name) => rm(path.join(tree, name), { recursive: true, force: true })));
  for (const name of folders) await mkdir(path.join(tree, name), { recursive: true });
  await chmod(path.join(tree, 'root/.ssh'), 0o700);
  for (const entry of recipe.overlay) for (const file of await overlayFiles(entry)) await place(tree, file);
  await linkBusybox(tree);
  await link(tree, '/usr/local/bin', '/p2plab/bin'); // dropbear's PATH has it first
}

/** Versions of the packages in the tree. */
export async function versionsIn(tree: string): Promise<Record<string, string>> {
  return packageVersions(await readFile(archiveListOf(tree), 'utf8'));
}

async function place(tree: string, file: OverlayFile): Promise<void> {
  const target = await pathInTree(tree, file.to);
  await mkdir(path.dirname(target), { recursive: true });
  await rm(target, { force: true });
  if ('link' in file) return symlink(file.link, target);
  await writeFile(target, file.content);
  await chmod(target, file.mode);
}

/** busybox serves as every command that no package brought, and as /bin/sh always: init is written for it. */
async function linkBusybox(tree: string): Promise<void> {
  const busybox = await pathInTree(tree, '/bin/busybox');
  const { stdout } = await execa(busybox, ['--list-full']);
  for (const command of stdout.split('\n')) await link(tree, `/${command}`, '/bin/busybox');
  await rm(await pathInTree(tree, '/bin/sh'), { force: true });
  await link(tree, '/bin/sh', '/bin/busybox');
}

/** A link, unless something is there. */
async function link(tree: string, at: string, to: string): Promise<void> {
  const place = await pathInTree(tree, at);
  await mkdir(path.dirname(place), { recursive: true });
  const names = await readdir(path.dirname(place));
  if (!names.includes(path.basename(place))) await symlink(to, place);
}
