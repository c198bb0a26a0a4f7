import { execa } from 'execa';
import { truncateSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { compilerFlags } from './compile-programs.js';
import { imagesDir } from './load-recipe.js';

// A regular file stands in for p2pmem's `allocate`: it can be mapped, but nothing is taken from `available`.
const dir = t.testdir({ allocate: '', available: '1048576\n' });
const program = path.join(dir, 'p2pmem-map');
const [allocate, available] = [path.join(dir, 'allocate'), path.join(dir, 'available')];
const run = (...args: string[]) => execa(program, args, { reject: false });

t.before(async () => {
  truncateSync(allocate, 2 ** 20);
  await execa('gcc', [...compilerFlags, '-o', program, path.join(imagesDir, 'programs/p2pmem-map.c')]);
});

t.test('map: takes, fills, checks and gives back', async (t) => {
  const { exitCode, stdout } = await run('map', allocate, '8192');
  t.equal(exitCode, 0);
  const pool = { availableBefore: 2 ** 20, availableDuring: 2 ** 20, availableAfter: 2 ** 20 };
  t.strictSame(JSON.parse(stdout), { bytes: 8192, error: '', ...pool, badBytes: 0 });
});

t.test('map: a refusal is a measurement', async (t) => {
  const { exitCode, stdout } = await run('map', allocate, '0');
  t.equal(exitCode, 0);
  t.match(JSON.parse(stdout), { bytes: 0, error: 'EINVAL', badBytes: 0 });
});

t.test('exhaust: maps until there is no more, and sees when mappings are the same memory', async (t) => {
  const limited = `ulimit -v 8192; exec "$@"`;
  const { stdout } = await execa('sh', ['-c', limited, 'sh', program, 'exhaust', allocate, '1048576']);
  const { mappedBytes, badBytes, ...rest } = JSON.parse(stdout) as Record<string, number>;
  const pool = { availableBefore: 2 ** 20, availableAtEnd: 2 ** 20, availableAfter: 2 ** 20 };
  t.strictSame(rest, { error: 'ENOMEM', ...pool });
  t.ok(mappedBytes! > 2 ** 20);
  t.ok(badBytes! > 0, 'all mappings of a regular file share its content');
});

t.test('hold: until stdin closes', async (t) => {
  const child = execa(program, ['hold', allocate, '4096']);
  t.equal(String(await new Promise((first) => child.stdout.once('data', first))), 'held\n');
  t.equal(child.exitCode, null);
  child.stdin.end();
  t.equal((await child).exitCode, 0);
});

t.test('sample: until SIGTERM', async (t) => {
  const child = execa(program, ['sample', '1000', available], { reject: false });
  setTimeout(() => child.kill('SIGTERM'), 200);
  const { exitCode, stdout } = await child;
  t.equal(exitCode, 0);
  const [series] = JSON.parse(stdout) as { file: string; samples: number }[];
  t.match(series, { file: available, first: 2 ** 20, min: 2 ** 20, max: 2 ** 20, last: 2 ** 20 });
  t.ok(series!.samples > 1);
});

t.test('what cannot be measured is said on stderr', async (t) => {
  const gone = await run('map', path.join(dir, 'gone/allocate'), '4096');
  t.match(gone, { exitCode: 1, stdout: '' });
  t.equal(gone.stderr, `p2pmem-map: ${dir}/gone/allocate: No such file or directory`);
  t.equal((await run('map', allocate, '5')).exitCode, 2, 'no whole number of words');
  t.equal((await run()).exitCode, 2);
});
