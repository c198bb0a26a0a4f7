import { execa } from 'execa';
import { closeSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { compilerFlags } from './compile-programs.js';
import { imagesDir } from './load-recipe.js';

// Regular files stand in for drives and for p2pmem's `allocate`: two mappings of one are the same memory.
const MiB = 2 ** 20;
const dir = t.testdir({ a: '', b: '', pool: { allocate: '', available: `${MiB}\n` } });
const at = (name: string) => path.join(dir, name);
const run = (program: string, ...args: string[]) => execa(at(program), args, { cwd: dir, reject: false });
const copy = (...keys: string[]) => run('p2pmem-copy', 'from=a.map,a', 'to=b.map,b', ...keys);
const pool = 'memory=pool/allocate';
const check = async () => JSON.parse((await run('drive-pattern', 'check', 'b.map', 'b')).stdout) as object;

t.before(async () => {
  for (const name of ['a', 'b', 'pool/allocate']) truncateSync(at(name), MiB);
  for (const name of ['drive-pattern', 'p2pmem-copy'])
    await execa('gcc', [...compilerFlags, '-o', at(name), path.join(imagesDir, `programs/${name}.c`)]);
});

t.beforeEach(async () => {
  for (const name of ['a', 'b']) await run('drive-pattern', 'fill', `${name}.map`, name, `${MiB}`);
});

t.test('copies what it says, and leaves a block between sizes alone', async (t) => {
  const { exitCode, stdout } = await copy(pool, 'sizes=512,4096,66048', 'offsets=0,512', 'repeat=2');
  t.equal(exitCode, 0);
  t.match(JSON.parse(stdout), { bytes: 4 * 70656, ios: 12, failed: 0, error: '', badBytes: 0, badGuards: 0 });
  t.strictSame(await check(), { bytes: MiB, badOnDisk: 0, firstBad: '' });
});

t.test('segments in several memories, at their ends, packed, and beside RAM', async (t) => {
  const mixed = await copy(pool, 'memory=ram', 'sizes=8192,65536', 'segments=512,4096', 'offsets=0,3584');
  t.match(JSON.parse(mixed.stdout), { ios: 4, badBytes: 0, badGuards: 0 });
  const ends = await copy(pool, 'sizes=4608', 'offsets=0,512', 'whole=1', 'at=524288', 'toAt=524288');
  t.match(JSON.parse(ends.stdout), { ios: 4, badBytes: 0, badGuards: 0 });
  const deep = ['engine=libaio', 'depth=8', 'beside=1', 'packed=1', 'segments=512'];
  const beside = await copy(pool, 'sizes=2048', 'repeat=8', ...deep, 'at=786432', 'toAt=786432');
  t.match(JSON.parse(beside.stdout), { ios: 16, bytes: 16 * 2048, badBytes: 0, badGuards: 0 });
  t.match(await check(), { badOnDisk: 0 });
});

t.test('a byte on a drive that is another is told', async (t) => {
  await copy('memory=ram', 'sizes=4096');
  const disk = openSync(at('b'), 'r+');
  const byte = Buffer.alloc(1);
  readSync(disk, byte, 0, 1, 1124);
  writeSync(disk, Buffer.from([byte[0]! ^ 1]), 0, 1, 1124);
  closeSync(disk);
  const firstBad = /^LBA 2 from byte 100 on: want block 2 of fill \d+, found block 2 /;
  t.match(await check(), { badOnDisk: 1, firstBad });
});

t.test('a block that is in the wrong place is named', async (t) => {
  await execa('dd', ['if=a', 'of=b', 'bs=512', 'count=1', 'skip=5', 'seek=9', 'conv=notrunc'], { cwd: dir });
  t.match(await check(), {
    firstBad: /^LBA 9 from byte 0 on: want block 9 of fill \d+, found block 5 of fill \d+$/,
  });
});

t.test('memory that is another buffer’s, too, is told', async (t) => {
  const { stdout } = await copy(pool, pool, 'sizes=8192', 'segments=4096');
  const { badBytes, firstBad } = JSON.parse(stdout) as { badBytes: number; firstBad: string };
  t.ok(badBytes > 0);
  t.match(
    firstBad,
    /^8192 B at offset 0, segment 0 \(memory 0\) byte 0: want block 0 of fill \d+, found block 8 of fill/,
  );
});

t.test('bytes around a buffer that change are told', async (t) => {
  const { stdout } = await copy(pool, pool, 'sizes=12288', 'segments=8192,4096');
  const { badGuards } = JSON.parse(stdout) as { badGuards: number };
  t.ok(badGuards > 4000, 'the first buffer lies in the page behind the second one');
});

t.test('an I/O that fails fails, unless it may', async (t) => {
  truncateSync(at('a'), MiB / 2);
  const keys = ['memory=ram', 'sizes=4096', 'at=786432'];
  const failed = await copy(...keys);
  t.equal(failed.exitCode, 1);
  t.equal(
    failed.stderr,
    'p2pmem-copy: 1 I/Os failed with short, the first a read of 4096 B, 1 elements, offset 0',
  );
  const counted = await copy(...keys, 'errors=1');
  t.equal(counted.exitCode, 0);
  t.match(JSON.parse(counted.stdout), { ios: 0, failed: 1, error: 'short' });
  t.match(await check(), { badOnDisk: 0 }, 'nothing was written');
  truncateSync(at('a'), MiB);
});

t.test('a copy that could prove nothing is refused', async (t) => {
  await copy('memory=ram', 'sizes=4096');
  const again = await copy('memory=ram', 'sizes=4096');
  t.equal(again.exitCode, 2);
  t.match(
    again.stderr,
    'p2pmem-copy: blocks were copied already, so that one that is not copied could not be told',
  );
  t.equal((await copy('memory=ram', 'sizes=4096', 'again=1')).exitCode, 0);
  t.match((await copy('memory=ram', 'sizes=1048576')).stderr, 'more is to be copied than was filled');
  const within = await run(
    'p2pmem-copy',
    'from=a.map,a',
    'to=a.map,a',
    'memory=ram',
    'sizes=4096',
    'toAt=4096',
  );
  t.match(within.stderr, 'ranges of one drive overlap');
});
