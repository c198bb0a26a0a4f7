import { execa } from 'execa';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock } from '../common/file-lock.js';
import { HarnessError } from '../common/errors.js';

/** A folder as one file, in which nothing depends on when or by whom it was packed. */
export async function packFolder(dir: string, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await tar(['--create', '--file', file, '--use-compress-program=gzip -n1', ...same, '-C', dir, '.']);
}

/** The folder that was packed, whole or not at all; nothing when it is there already. */
export async function unpackFolder(file: string, dir: string, signal: AbortSignal): Promise<void> {
  await using _lock = await acquireLock(`${dir}.lock`, signal);
  const half = `${dir}.half-made-unpack`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  await tar(['--extract', '--file', file, '--no-same-owner', '-C', half]);
  await rm(dir, { recursive: true, force: true });
  await rename(half, dir);
}

async function tar(args: string[]): Promise<void> {
  const { failed, stderr, shortMessage } = await execa('tar', args, { reject: false });
  if (!failed) return;
  throw new HarnessError('host', `tar: ${String(stderr).split('\n')[0] || shortMessage}`, {
    remedy: 'look whether there is space left',
  });
}
