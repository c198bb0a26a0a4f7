import { execa } from 'execa';
import { truncateSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { compilerFlags } from './compile-programs.js';
import { imagesDir } from './load-recipe.js';

// A regular file stands in for `allocate`: all of its mappings are the same RAM, and nothing is taken from `available`.
// Whoever looks must see that. The BAR is where there is no RAM.
const pages = 64;
const bar = '0x0000fffffc000000 0x0000fffffc03ffff 0x000000000014220c\n';
const dir = t.testdir({
  resource: '0x0 0x0 0x0\n0x0 0x0 0x0\n' + bar,
  p2pmem: { allocate: '', available: `${pages * 4096}\n`, size: `${pages * 4096}\n`, published: '1\n' },
});
const folder = path.join(dir, 'p2pmem');
const names = [
  'sweep',
  'holders',
  'rules-map',
  'rules-memory',
  'rules-ends',
  'rules-file',
  'rules-direct',
  'rules-in-flight',
];
const program = (name: string) => path.join(dir, name);
const run = (name: string, ...args: string[]) => execa(program(name), args, { reject: false });

/** Words of a rule by its name. */
async function rulesOf(group: string, ...more: string[]): Promise<Record<string, string>> {
  const { stdout, exitCode } = await run(`rules-${group}`, folder, ...more);
  t.equal(exitCode, 0);
  return Object.fromEntries(
    [...stdout.matchAll(/^rule (\S+) (.*)$/gm)].map(([, name, words]) => [name, words]),
  );
}

t.before(async () => {
  truncateSync(path.join(folder, 'allocate'), 4 * 2 ** 20);
  const source = (name: string) => path.join(imagesDir, `programs/p2pmem-${name}.c`);
  await Promise.all(names.map((name) => execa('gcc', [...compilerFlags, '-o', program(name), source(name)])));
});

t.test('sweep sizes: nothing is taken from the pool, and the pages are not in the BAR', async (t) => {
  const { stdout } = await run('sweep', 'sizes', folder, '1');
  const outside = (pages * (pages + 1)) / 2;
  t.strictSame(JSON.parse(stdout), {
    ...{ sizes: pages, refused: 0, wrongTaken: pages, outside, twice: 0, badBytes: 0 },
  });
});

t.test('sweep pages: all mappings are the same memory', async (t) => {
  const { stdout } = await run('sweep', 'pages', folder);
  t.match(JSON.parse(stdout), {
    ...{ pages, left: pages, outside: pages, twice: 0, runs: 0, badBytes: (pages - 1) * 16 },
  });
});

t.test('holders: the pool does not tell what they hold, and they overwrite each other', async (t) => {
  const { stdout } = await run('holders', folder, '3', '4', '40');
  const seen = JSON.parse(stdout) as Record<string, number>;
  t.match(seen, { rounds: 4, killed: 2, refused: 0, otherErrors: 0, wrongAvailable: 4, wrongReads: 0 });
  t.ok(seen.mapped! > 0 && seen.forks! > 0 && seen.outside! > 0 && seen.reads! > 0);
  t.ok(seen.badBytes! > 0);
});

t.test('rules of map: a regular file takes nothing from the pool, and private mappings, too', async (t) => {
  const rules = await rulesOf('map');
  t.match(rules, { private: '0', 'offset-page': '0', 'offset-in-page': 'EINVAL', 'length-0': 'EINVAL' });
  t.match(rules, { 'length-page-and-1': '0', 'write-of-read-only-file': 'EACCES' });
  t.equal(rules['again-with-same-file'], '0 corrupt');
});

t.test('rules of memory: a mapping can grow into a regular file', async (t) => {
  const rules = await rulesOf('memory');
  t.match(rules, { 'mremap-grow': 'ok 0 ok ok', 'mremap-move': 'ok 0 ok SIGSEGV 0', dontneed: 'ok 0 ok ok' });
  t.match(rules, { 'munmap-middle': 'ok 0 corrupt 0', fragmented: /corrupt/, vmsplice: 'ok' });
});

t.test('rules of ends: processes end, and those that they started, too', async (t) => {
  const rules = await rulesOf('ends');
  t.match(rules, { sigkill: '0 0', exec: '0 0 ok', 'fork-shares': 'ok 0 ok', thread: '0 0' });
  t.equal(rules['of-the-only-holder'], `${pages * 4096} ok ok`);
});

t.test('rules of file: what is a regular file is no file of sysfs', async (t) => {
  const rules = await rulesOf('file');
  t.match(rules, { 'allocate-mode': /^\d+ \d+:\d+$/, 'allocate-length': String(4 * 2 ** 20) });
  t.match(rules, { 'size-text': 'decimal same', 'read-allocate': 'ok nothing', 'write-size': 'ok' });
});

t.test('rules with a disk: that it cannot be opened is an answer', async (t) => {
  const gone = path.join(dir, 'gone');
  t.match(await rulesOf('direct', gone), { read: 'ENOENT', write: 'ENOENT', 'read-ram': 'ENOENT' });
  t.match(await rulesOf('in-flight', gone), { 'read-while-unmapped': 'ENOENT', 'sigkill-while-read': '0' });
});

t.test('wrong usage', async (t) => {
  for (const [name, ...args] of [
    ['sweep', 'sizes', folder, '0'],
    ['sweep', 'pages', folder, '1'],
    ['holders', folder, '33', '1', '1'],
    ['rules-map'],
  ] as const)
    t.equal((await run(name, ...args)).exitCode, 2, [name, ...args].join(' '));
});
