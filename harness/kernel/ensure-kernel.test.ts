import { access, appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { ensureKernel, kernelStore } from './ensure-kernel.js';
import { fakeKernel, mainPatch } from './fake-kernel.test.helper.js';
import { listKernels } from './list-kernels.js';
import { lookUpKernel } from './look-up-kernel.js';

const dir = t.testdir();
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
const signal = new AbortController().signal;

t.test('a definition is built once and then looked up', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'once'));
  const said: string[] = [];
  const progress = (what: string, done?: number, total?: number) => said.push(`${what} ${done} ${total}`);
  t.equal(await lookUpKernel(fake.definition, signal), undefined);
  const built = await ensureKernel(fake.definition, { extraPatches: [], signal, progress });
  t.match(built, {
    name: fake.definition,
    release: '6.12.0',
    buildId: /^[0-9a-f]{40}$/,
    source: { origin: path.join(dir, 'once/linux-fake.tar') },
    series: [{ name: 'one', patches: ['0001-two.patch'] }],
    built: { objects: 2 },
    cached: false,
  });
  t.equal(built.symbols?.get('PCI'), 'y');
  t.equal(built.modules, undefined);
  t.match(said, ['unpacking linux-fake.tar undefined undefined']);
  t.ok(said.includes('compiling 2 undefined'));
  for (const file of [built.bzImage, built.vmlinux!, built.config!, path.join(built.scripts!, 'faddr2line')])
    await access(file);
  const again = await ensureKernel(fake.definition, { extraPatches: [], signal });
  t.same({ ...again, cached: false }, built);
  t.equal(again.cached, true);
  t.same(await lookUpKernel(fake.definition, signal), again);
  t.equal(await fake.compiled(), 1);
});

t.test('one more patch makes another kernel, and only what it changes is compiled', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'stacked'));
  const base = await ensureKernel(fake.definition, { extraPatches: [], signal });
  const patch = path.join(dir, 'stacked/mine.patch');
  await writeFile(patch, '--- a/mm/slub.c\n+++ b/mm/slub.c\n@@ -1 +1 @@\n-int slub;\n+int slub = 7;\n');
  const patched = await ensureKernel(fake.definition, { extraPatches: [patch], signal });
  t.not(patched.id, base.id);
  t.not(patched.buildId, base.buildId);
  t.equal(patched.built?.objects, 1);
  t.equal(await fake.compiled(), 1, 'init/main.c was not compiled again');
  t.same(patched.series.at(-1), { name: '--patch', patches: [patch], linesAdded: 1 });
});

t.test('the same inputs give the same image, whatever was built in the tree before', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'same'));
  const first = await ensureKernel(fake.definition, { extraPatches: [], signal });
  const patch = path.join(dir, 'same/mine.patch');
  await writeFile(patch, mainPatch('int patched;', 'int other;'));
  await ensureKernel(fake.definition, { extraPatches: [patch], signal });
  await appendFile(path.join(dir, 'same/config/base.config'), '# no symbol, but another id\n');
  const second = await ensureKernel(fake.definition, { extraPatches: [], signal });
  t.not(second.id, first.id);
  t.equal(second.buildId, first.buildId);
});

t.test('a config with modules has them installed', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'modules'));
  await appendFile(path.join(dir, 'modules/config/base.config'), 'CONFIG_MOD=m\n');
  const { modules, guestModules } = await ensureKernel(fake.definition, { extraPatches: [], signal });
  t.same(await readdir(path.join(modules!, 'lib/modules/6.12.0')), ['mod.ko']);
  t.match(guestModules, { names: ['mod'], atBoot: [] });
  t.same((await readdir(guestModules!.dir)).sort(), ['mod.ko', 'modules.alias', 'modules.dep']);
});

t.test('a tree is built as it is, again when it changes, and is not written to', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'tree'));
  await writeFile(fake.definition, 'source: { tree: linux-fake }\nconfig: [base]\n');
  const before = await readdir(fake.tree, { recursive: true });
  const first = await ensureKernel(fake.definition, { extraPatches: [], signal });
  t.equal((await ensureKernel(fake.definition, { extraPatches: [], signal })).cached, true);
  await appendFile(path.join(fake.tree, 'mm/slub.c'), 'int more;\n');
  const second = await ensureKernel(fake.definition, { extraPatches: [], signal });
  t.not(second.id, first.id);
  t.equal(second.built?.objects, 1);
  t.same(await readdir(fake.tree, { recursive: true }), before);
  t.match(await readFile(path.join(path.dirname(second.bzImage), 'build.log'), 'utf8'), /CC {6}mm\/slub\.o/);
});

t.test('the list shows what is defined and what is built', async (t) => {
  const listed = await listKernels();
  const smoke = listed.find(({ name }) => name === 'p2pmem-6.12');
  t.match(smoke, { definition: /kernels\/p2pmem-6\.12\.yaml$/, built: undefined });
  const built = listed.filter((kernel) => kernel.built);
  t.equal(built.length, (await readdir(kernelStore())).filter((name) => !name.endsWith('.lock')).length);
  t.match(built[0], { built: { release: '6.12.0', at: Date, bytes: Number, source: { origin: String } } });
});
