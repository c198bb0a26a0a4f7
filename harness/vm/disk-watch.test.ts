import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { DiskFull } from '../common/errors.js';
import { DiskWatch } from './disk-watch.js';

const MiB = 2 ** 20;

t.test('a disk that is full is told once, and stays so when somebody frees it', async (t) => {
  const dir = t.testdir();
  const free = [100 * MiB, 100 * MiB, 40 * 1024, 100 * MiB];
  const told: DiskFull[] = [];
  const look = async () => free.shift() ?? 100 * MiB;
  await using watch = new DiskWatch(dir, (error) => told.push(error), look);
  const error = await watch.full;
  t.match(error, {
    ...{
      name: 'HarnessError',
      blame: 'host',
      message: 'the disk of the run folder is full: 40 KiB are free',
    },
    remedy: `free space on the disk of ${dir}, or name a folder on another with --out, then run it again`,
  });
  t.equal(await watch.look(), error);
  t.same(told, [error]);
});

for (const words of ['aio failed: No space left on device', 'ftruncate failed: Disk quota exceeded'])
  t.test(`what QEMU said last counts, also after its end: ${words}`, async (t) => {
    const dir = t.testdir();
    const told: string[] = [];
    const watch = new DiskWatch(
      dir,
      ({ message }) => told.push(message),
      async () => 100 * MiB,
    );
    t.equal(await watch.look(), undefined);
    writeFileSync(path.join(dir, 'qemu.log'), `qemu-system-x86_64: ${words}\n`);
    await watch[Symbol.asyncDispose]();
    t.same(told, ['the disk of the run folder is full: QEMU could not write to it']);
  });

t.test('a disk that does not say how full it is, is not', async (t) => {
  const told: DiskFull[] = [];
  const watch = new DiskWatch(
    t.testdir(),
    (error) => told.push(error),
    async () => Promise.reject(new Error('EIO')),
  );
  t.equal(await watch.look(), undefined);
  await watch[Symbol.asyncDispose]();
  t.same(told, []);
});

t.test('the disk of this test has room', async (t) => {
  await using watch = new DiskWatch(t.testdir());
  t.equal(await watch.look(), undefined);
});
