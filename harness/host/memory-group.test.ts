import { execa } from 'execa';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { groupMemory } from './memory-group.js';

const stat = 'anon 500\nfile 400\ninactive_file 100\nactive_file 50\n';

t.test('version 2: the tightest of the group and those above it', async (t) => {
  const root = t.testdir({
    proc: { self: { cgroup: '0::/ci/job\n' } },
    sys: {
      fs: {
        cgroup: {
          ci: {
            ...{ 'memory.max': '1000\n', 'memory.current': '900\n', 'memory.stat': stat },
            job: { 'memory.max': 'max\n', 'memory.current': '10\n', 'memory.stat': '' },
          },
        },
      },
    },
  });
  t.same(groupMemory(root), { limit: 1000, free: 250 }, 'files in caches can be had');
});

t.test('version 1, in a container that sees its group as the topmost one', async (t) => {
  const memory = {
    ...{ 'memory.limit_in_bytes': '1000\n', 'memory.usage_in_bytes': '900\n' },
    'memory.stat': 'inactive_file 1\ntotal_inactive_file 100\ntotal_active_file 50\n',
  };
  const root = t.testdir({
    proc: { self: { cgroup: '5:cpu,memory:/docker/0123\n1:name=systemd:/\n0::/\n' } },
    sys: { fs: { cgroup: { memory } } },
  });
  t.same(groupMemory(root), { limit: 1000, free: 250 });
});

t.test('more than the limit for a moment', async (t) => {
  const cgroup = { 'memory.max': '1000\n', 'memory.current': '1100\n', 'memory.stat': '' };
  const root = t.testdir({ proc: { self: { cgroup: '0::/\n' } }, sys: { fs: { cgroup } } });
  t.same(groupMemory(root), { limit: 1000, free: 0 });
});

t.test('no limit, no control groups', async (t) => {
  t.same(groupMemory(t.testdir()), { limit: Infinity, free: Infinity });
  const cgroup = { 'cgroup.procs': '' };
  const root = t.testdir({ proc: { self: { cgroup: '0::/\n' } }, sys: { fs: { cgroup } } });
  t.same(groupMemory(root), { limit: Infinity, free: Infinity });
});

t.test('a group of this host: what a process takes is not free, what files in caches take is', async (t) => {
  const group = realGroup();
  if (group === undefined) return t.comment('no memory control group can be made here');
  t.teardown(() => rmdirSync(group.dir));
  const MiB = 2 ** 20;
  writeFileSync(path.join(group.dir, group.limit), String(512 * MiB));
  const script = `
    const { groupMemory } = await import(process.argv[1]);
    const { writeFileSync } = await import('node:fs');
    const before = groupMemory();
    const taken = Buffer.alloc(${100 * MiB}, 1);
    const after = groupMemory();
    for (let n = 0; n < 200; n++) writeFileSync(process.argv[2], taken.subarray(${99 * MiB}), { flag: 'a' });
    console.log(JSON.stringify([before, after, groupMemory()]));`;
  const module = path.join(packageRoot, 'dist/host/memory-group.js');
  const inGroup = ['-c', 'echo $$ >"$0/cgroup.procs"; exec "$@"', group.dir, process.execPath];
  const file = path.join(t.testdir(), 'file');
  const { stdout } = await execa('sh', [...inGroup, '--input-type=module', '-e', script, module, file]);
  const [before, taken, written] = JSON.parse(stdout) as ReturnType<typeof groupMemory>[];
  t.equal(before!.limit, 512 * MiB);
  t.ok(before!.free > 300 * MiB && before!.free < 512 * MiB, `${before!.free}`);
  const lessBy = (one: typeof before, other: typeof before) => (one!.free - other!.free) / MiB;
  t.ok(lessBy(before, taken) > 80 && lessBy(before, taken) < 120, `${lessBy(before, taken)} MiB less`);
  t.ok(lessBy(taken, written) < 30, `${lessBy(taken, written)} MiB less for a file of 200 MiB`);
});

/** A group below our own, or undefined where we may not make one. */
function realGroup(): { dir: string; limit: string } | undefined {
  const groups = readFileSync('/proc/self/cgroup', 'utf8');
  const [, v1] = /^\d+:memory:(.*)$/m.exec(groups) ?? [];
  const [, v2 = '/'] = /^0::(.*)$/m.exec(groups) ?? [];
  const [mount, own, limit] =
    v1 === undefined
      ? ['/sys/fs/cgroup', v2, 'memory.max']
      : ['/sys/fs/cgroup/memory', v1, 'memory.limit_in_bytes'];
  const dir = path.join(mount, own, `p2plab-test-${process.pid}`);
  try {
    mkdirSync(dir);
    readFileSync(path.join(dir, limit));
    return { dir, limit };
  } catch {
    return undefined;
  }
}
