import { readlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where a path of the guest is on the host, with the guest's own links followed on the way (not the last part), so that
 * a link like `/var/run -> /run` never leads out of the tree.
 */
export async function pathInTree(tree: string, guestPath: string, depth = 0): Promise<string> {
  if (depth > 40) throw new Error(`too many links in ${guestPath}`);
  const parts = path.posix.normalize(`/${guestPath}`).split('/').filter(Boolean);
  for (let i = 1; i < parts.length; i++) {
    const folder = `/${parts.slice(0, i).join('/')}`;
    const target = await readlink(path.join(tree, folder)).catch(() => undefined);
    if (target === undefined) continue;
    const resolved = path.posix.resolve(path.posix.dirname(folder), target, ...parts.slice(i));
    return pathInTree(tree, resolved, depth + 1);
  }
  return path.join(tree, ...parts);
}
