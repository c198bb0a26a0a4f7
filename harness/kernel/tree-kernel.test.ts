import { execa } from 'execa';
import { appendFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { packageRoot } from '../common/paths.js';
import { ensureKernel } from './ensure-kernel.js';
import { fakeKernel } from './fake-kernel.test.helper.js';
import { parseConfigLines } from './kconfig-text.js';

const { signal } = new AbortController();
const build = (tree: string) => ensureKernel(tree, { extraPatches: [], signal });
const guest = readFileSync(path.join(packageRoot, 'kernels/config/guest.config'), 'utf8');
const kconfig = parseConfigLines(guest)
  .map(({ symbol }) => `config ${symbol}\n`)
  .join('');

/** A developer's git tree with all symbols that a guest needs, and nothing of p2plab's patches. */
async function developersTree(t: Test) {
  const dir = t.testdir();
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  const fake = await fakeKernel(dir);
  writeFileSync(path.join(fake.tree, 'drivers/Kconfig'), kconfig);
  const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost'];
  const git = async (...args: string[]) =>
    (await execa('git', [...who, ...args], { cwd: fake.tree })).stdout.trim();
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-qm', 'one');
  await git('tag', 'v6.12');
  return { ...fake, git };
}

/** Every file and folder with its time stamps, .git and all. */
const stateOf = (dir: string) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mtimeMs, ctimeMs, size } = lstatSync(path.join(dir, name));
      return [name, mtimeMs, ctimeMs, size];
    });

t.test('a source tree is built as it is, and not touched', async (t) => {
  const { tree, git } = await developersTree(t);
  const before = stateOf(tree);
  const kernel = await build(tree);
  t.match(kernel, { name: tree, release: '6.12.0', series: [], cached: false });
  t.same(kernel.source, {
    package: undefined,
    version: undefined,
    origin: tree,
    describe: 'v6.12',
    tree: await git('rev-parse', 'HEAD^{tree}'),
  });
  t.same([kernel.symbols?.get('PCI_P2PDMA'), kernel.symbols?.get('P2PMEM_IVSHMEM')], ['y', undefined]);
  t.same(stateOf(tree), before);
  t.equal(await git('status', '--porcelain'), '');
  t.equal((await build(tree)).cached, true);
});

t.test('local changes are built and labelled; only they are compiled', async (t) => {
  const { tree, git, compiled } = await developersTree(t);
  const clean = await build(tree);
  t.equal(await compiled(), 1);
  appendFileSync(path.join(tree, 'mm/slub.c'), 'int more;\n');
  const before = stateOf(tree);
  const dirty = await build(tree);
  t.equal(dirty.source?.describe, 'v6.12-dirty');
  t.not(dirty.id, clean.id);
  t.not(dirty.source?.tree, clean.source?.tree);
  t.equal(dirty.built?.objects, 1);
  t.equal(await compiled(), 1, 'init/main.c was not');
  t.same(stateOf(tree), before);
  t.equal(await git('status', '--porcelain'), 'M mm/slub.c');
});

t.test('symbols that p2plab cannot do without stop it, each with what it is for', async (t) => {
  const { tree } = await developersTree(t);
  const without = kconfig.replace('config EROFS_FS\n', '').replace('config PCI_P2PDMA\n', '');
  writeFileSync(path.join(tree, 'drivers/Kconfig'), without);
  await t.rejects(build(tree), {
    blame: 'scenario',
    message:
      /guest.config:\d+: CONFIG_EROFS_FS=y \(for: Boot: [^)]*\) did not survive: the source has no such symbol\n.*CONFIG_PCI_P2PDMA=y \(for: p2pdma itself\) did not/,
    remedy: /build another version of the source/,
  });
});

t.test('a tree that does not compile is its owner’s', async (t) => {
  const { tree } = await developersTree(t);
  writeFileSync(path.join(tree, 'mm/slub.c'), 'int slub = ;\n');
  await t.rejects(build(tree), {
    blame: 'scenario',
    message: /^compiling .*linux-fake failed: mm\/slub.c:1:12: error: /,
    remedy: `correct ${tree}`,
  });
});

t.test('no git tree, but built in: the source is not clean', async (t) => {
  const dir = t.testdir();
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  const { tree } = await fakeKernel(dir);
  mkdirSync(path.join(tree, 'arch/x86/boot'), { recursive: true });
  writeFileSync(path.join(tree, '.config'), '');
  await t.rejects(build(tree), {
    blame: 'scenario',
    message: `${tree}: want a clean source (make mrproper), found ${tree}/.config; a kernel that was built there is named by ${tree}/arch/x86/boot/bzImage`,
  });
});

t.test('a commit of the tree, whatever is checked out or changed', async (t) => {
  const { tree, git, compiled } = await developersTree(t);
  const clean = await build(tree);
  writeFileSync(path.join(tree, 'mm/slub.c'), 'int slub = 2;\n');
  await git('commit', '-qam', 'two');
  appendFileSync(path.join(tree, 'mm/slub.c'), 'int more;\n');
  const before = stateOf(tree);
  const old = await build(`${tree}@v6.12`);
  t.match(old, { id: clean.id, cached: true, source: { origin: tree, describe: 'v6.12' } });
  const second = await build(`${tree}@main`);
  t.match(second, { cached: false, built: { objects: 1 }, source: { describe: /^v6\.12-1-g[0-9a-f]{12}$/ } });
  t.equal(await compiled(), 1, 'files and commits of a tree share their objects');
  t.same(stateOf(tree), before);
  await t.rejects(build(`${tree}@v9`), { blame: 'scenario', message: `${tree} has no commit v9` });
});
