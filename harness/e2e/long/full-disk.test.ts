import { execa } from 'execa';
import path from 'node:path';
import t, { type Test } from 'tap';
import { loadRun } from '../../report/load-run.js';
import { filesBelow, main, readRun } from '../run-p2plab.test.support.js';

// Disks that get full: file systems of a few MiB, in a mount namespace that ends with the command.

t.setTimeout(600_000);
const skip = process.getuid?.() === 0 ? false : 'mounts need root';

/** Runs p2plab with a disk of its own for the folder `$2`; what it leaves there is copied to `$3`. */
const onSmallDisk = `
size=$1 disk=$2 copy=$3; shift 3
mount -t tmpfs -o "size=$size" p2plab-test "$disk" || exit 90
"$@"; status=$?
cp -r "$disk/." "$copy"
exit $status`;

async function p2plab(
  t: Test,
  size: string,
  args: (disk: string) => string[],
  env: (disk: string) => object = () => ({}),
) {
  const dir = t.testdir({ disk: {}, copy: {} });
  const [disk, copy] = ['disk', 'copy'].map((name) => path.join(dir, name)) as [string, string];
  const command = [process.execPath, main, ...args(disk)];
  const began = Date.now();
  const end = await execa(
    'unshare',
    ['--mount', 'sh', '-c', onSmallDisk, 'sh', size, disk, copy, ...command],
    {
      ...{ reject: false, stdin: 'ignore', env: { XDG_STATE_HOME: path.join(dir, 'state'), ...env(disk) } },
    },
  );
  t.notMatch(`${end.stdout}${end.stderr}`, /\n\s+at .*\.js:/, 'no stack');
  return { ...end, copy, seconds: (Date.now() - began) / 1000 };
}

const copyRun = (disk: string) => [
  'run',
  'nvme-copy-p2p',
  '--set',
  'provider=shm0',
  '--jobs',
  '1',
  '--out',
  `${disk}/run`,
];

t.test(
  'it gets full while a guest writes: the host’s trouble, and no kernel’s failure',
  { skip },
  async (t) => {
    const { exitCode, stdout, copy, seconds } = await p2plab(t, '3m', copyRun);
    t.equal(exitCode, 3, String(stdout));
    t.ok(seconds < 120, `${seconds} s`);
    const { state, results } = readRun(path.join(copy, 'run'));
    t.equal(state, 'finished');
    t.match(results, [{ outcome: 'broken' }]);
    const [reason] = results[0]!.reasons;
    // whichever is noticed first
    t.match(reason, /^the disk of the run folder is full: (?:\d+ KiB are free|QEMU could not write to it)$/);
    t.match(stdout, reason!, 'the terminal tells it');
    t.strictSame(
      filesBelow(copy).filter((name) => /\.disk$|\.bar$|ssh_/.test(name)),
      [],
    );
  },
);

t.test('not even run.json fits: exit 3, what failed and what to do', { skip }, async (t) => {
  const { exitCode, stderr, stdout, copy } = await p2plab(t, '64k', copyRun);
  t.equal(exitCode, 3, `${stdout}${stderr}`);
  t.match(stderr, /^run\.json could not be written: ENOSPC: no space left on device, write$/m);
  t.match(stderr, /^ {2}next: free space on that disk, or name another with --out/m);
  const { results } = (await loadRun(path.join(copy, 'run'))).run; // of run.json, else of events.jsonl
  t.ok(
    results.every(({ outcome }) => outcome === 'broken'),
    'nothing is called the kernel’s failure',
  );
});

t.test('a cache that is full while an image is made', { skip }, async (t) => {
  const build = () => ['image', 'build', 'base'];
  const { exitCode, stderr, copy } = await p2plab(t, '60m', build, (disk) => ({ XDG_CACHE_HOME: disk }));
  t.equal(exitCode, 3, String(stderr));
  t.match(stderr, /^there is no room to make image base in$/m);
  t.match(stderr, /^ {2}next: free 1 GB there, or point XDG_CACHE_HOME to a folder with more room$/m);
  t.strictSame(
    filesBelow(copy).filter((name) => /half-made/.test(name)),
    [],
  );
});
