import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a control group and those above it leave to processes in it, in bytes. */
export type GroupMemory = { limit: number; free: number };

/** Names of files and of fields of memory.stat (admin-guide/cgroup-v1/memory.rst, admin-guide/cgroup-v2.rst). */
const versions = [
  {
    mount: 'sys/fs/cgroup/memory',
    own: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m,
    ...{ limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes' },
    caches: /^total_(?:in)?active_file (\d+)$/gm,
  },
  {
    mount: 'sys/fs/cgroup',
    own: /^0::(.*)$/m,
    ...{ limit: 'memory.max', used: 'memory.current' },
    caches: /^(?:in)?active_file (\d+)$/gm,
  },
];
type Version = (typeof versions)[number];

/**
 * By the limits of this process' memory control group and of each above it, without what the groups use. What files in
 * caches use can be had, and counts as free: `process.availableMemory()` takes it for used, and so sees next to nothing
 * free after a kernel was built.
 * @param root where the host's / is
 */
export function groupMemory(root = '/'): GroupMemory {
  const groups = text(path.join(root, 'proc/self/cgroup'));
  const rooms = versions.flatMap((version) => roomsOf(version, groups, root));
  const least = (of: (room: GroupMemory) => number) => Math.min(Infinity, ...rooms.map(of));
  return {
    limit: least(({ limit }) => limit),
    free: Math.max(
      0,
      least(({ free }) => free),
    ),
  };
}

function roomsOf(version: Version, groups: string, root: string): GroupMemory[] {
  const mount = path.join(root, version.mount);
  const [, own] = version.own.exec(groups) ?? [];
  if (own === undefined) return [];
  const group = path.join(mount, own);
  const rooms: GroupMemory[] = [];
  // a container may see its own group as the topmost one, under the name that the host has for it
  for (let dir = existsSync(group) ? group : mount; dir.startsWith(mount); dir = path.dirname(dir)) {
    const [limit, used] = [version.limit, version.used].map((name) =>
      Number.parseInt(text(path.join(dir, name))),
    );
    if (limit === undefined || used === undefined || !(limit >= 0 && used >= 0)) continue; // "max", or the root
    const caches = [...text(path.join(dir, 'memory.stat')).matchAll(version.caches)];
    rooms.push({ limit, free: limit - used + caches.reduce((sum, [, bytes]) => sum + Number(bytes), 0) });
  }
  return rooms;
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // no such file: no control groups, or no limits in this one
  }
}
