import { execa } from 'execa';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from 'simple-statistics';
import t from 'tap';
import { eventually, filesBelow, main, qemusOf, readRun } from '../run-p2plab.test.support.js';

/** As many as a file may have. */
const variants = Number(process.env.P2PLAB_SOAK ?? 200);
const jobs = 2;

const scenario = `name: soak
title: A short one of many
matrix:
  n: [${Array.from({ length: variants }, (_, n) => n + 1).join(', ')}]
machines:
  host:
    cpu: EPYC
    pcie:
      - { nvme: nvme0, size: 64M }
      - { ivshmem: shm0, size: 4M }
steps:
  - fio: { disk: nvme0, rw: write, bs: 64k, size: 1M, memory: shm0 }
expect:
  - data: { steps: [fio], drive: nvme0, through: shm0, atLeast: 100% }
`;

type Look = { finished: number; residentMB: number; descriptors: number; children: number };

/** The harness' own figures (proc(5)); undefined when it has ended. */
function look(pid: number, dir: string): Look | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const residentMB = (Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) * 1024) / 1e6;
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean).length;
    const runJson = path.join(dir, 'run.json');
    const finished = existsSync(runJson) ? JSON.parse(readFileSync(runJson, 'utf8')).results.length : 0;
    return { finished, residentMB, descriptors, children };
  } catch {
    return undefined; // or run.json is being replaced
  }
}

/** Garbage comes and goes: the middle of many looks tells what stays. */
const middle = (looks: Look[], of: keyof Look) => Math.round(median(looks.map((each) => each[of])));
const most = (looks: Look[], of: keyof Look) => Math.round(Math.max(...looks.map((each) => each[of])));

t.test(`${variants} fresh boots in a row leave nothing behind and need no more at the end`, async (t) => {
  const root = t.testdir({ tmp: {} });
  const [dir, tmp] = [path.join(root, 'run'), path.join(root, 'tmp')];
  const file = path.join(root, 'soak.yaml');
  mkdirSync(tmp, { recursive: true });
  writeFileSync(file, scenario);
  const child = execa(
    process.execPath,
    [main, 'run', file, '--jobs', `${jobs}`, '--fresh-boots', '--install-packages', '--out', dir],
    { reject: false, stdin: 'ignore', env: { TMPDIR: tmp } },
  );
  const looks: Look[] = [];
  let ended = false;
  void child.then(() => (ended = true));
  while (!ended) {
    const seen = look(child.pid!, dir);
    if (seen) looks.push(seen);
    await sleep(500);
  }
  const { exitCode, stdout } = await child;
  t.equal(exitCode, 0, stdout.slice(-2000));
  t.equal(readRun(dir).results.length, variants);

  const between = (from: number, to: number) =>
    looks.filter(({ finished }) => finished >= from * variants && finished < to * variants);
  const parts = [0, 1, 2, 3].map((n) => between(n / 4, (n + 1) / 4));
  for (const [n, part] of parts.entries())
    t.comment(
      `quarter ${n + 1}: ${middle(part, 'residentMB')} MB resident, at most ${most(part, 'residentMB')} MB, ${most(part, 'descriptors')} descriptors, ${most(part, 'children')} children`,
    );
  const [, second, , last] = parts;
  t.ok(middle(last!, 'residentMB') < 1.1 * middle(second!, 'residentMB'), 'memory is flat');
  t.ok(most(last!, 'descriptors') <= most(second!, 'descriptors') + 2, 'descriptors are flat');
  t.ok(most(last!, 'children') <= most(second!, 'children') + 1, 'children are flat');
  t.ok(await eventually(() => qemusOf(dir).length === 0, 10_000), 'no QEMU is left');
  t.strictSame(filesBelow(tmp), [], 'nothing is left in TMPDIR');
  const disks = filesBelow(dir).filter((name) =>
    /\.(disk|bar|sock)$|ssh_host_key|authorized_keys/.test(name),
  );
  t.strictSame(disks, [], 'no disk, socket or key is left');
});
