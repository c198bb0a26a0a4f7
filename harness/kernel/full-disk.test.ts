import { execa } from 'execa';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { commandFile } from '../common/paths.js';
import { fakeKernel } from './fake-kernel.test.helper.js';

// Builds of a small source where the cache is a file system of its own, in a mount namespace.

const mayMount = (await execa('unshare', ['--mount', 'true'], { reject: false })).exitCode === 0;
const skip = mayMount ? false : 'mounting is not allowed here';

/** @param mount shell commands that make the cache folder `$1` what it is to be */
async function build(t: Test, mount: string) {
  const dir = t.testdir();
  const cache = path.join(dir, 'cache');
  mkdirSync(cache);
  const { definition } = await fakeKernel(path.join(dir, 'fake'));
  const script = `${mount} && { XDG_CACHE_HOME=$1 "$2" "$3" kernel build "$4"; e=$?; ls -R "$1"; exit $e; }`;
  const argv = ['--mount', 'sh', '-c', script, 'sh', cache, process.execPath, commandFile, definition];
  const { exitCode, stdout, stderr } = await execa('unshare', argv, { reject: false });
  return { exitCode, stderr, cache, stdout };
}

// each ends at another place: the source, its repository, the series, the configuration, the compiler, the linker
for (const size of ['16k', '100k', '128k', '180k', '220k', '244k', '260k', '300k'])
  t.test(`a disk of ${size} is full at some point: the host's trouble, and no entry`, { skip }, async (t) => {
    const { exitCode, stderr, stdout } = await build(t, `mount -t tmpfs -o size=${size} none "$1"`);
    if (exitCode === 0) return t.comment('it was enough');
    t.equal(exitCode, 3, stderr);
    t.match(stderr, /\n {2}next: (free space|name another)/);
    t.notMatch(stderr, /unexpected|\n {4}at /);
    const [, kernels = ''] = /cache\/p2plab\/kernels:\n([^]*?)(\n\n|$)/.exec(stdout) ?? [];
    t.same(
      kernels.split('\n').filter((name) => /^[0-9a-f]{16}$|half-made/.test(name)),
      [],
    );
  });

t.test('a cache that is read-only', { skip }, async (t) => {
  const { exitCode, stderr, cache } = await build(t, 'mount -t tmpfs none "$1" && mount -o remount,ro "$1"');
  t.equal(exitCode, 3);
  t.equal(
    stderr,
    `ENOENT: no such file or directory, mkdir '${cache}/p2plab'\n  next: name a folder that can be written, with --out or XDG_CACHE_HOME`,
  );
});
