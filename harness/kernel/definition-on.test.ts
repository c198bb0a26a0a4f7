import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { definitionOn, definitionWith } from './definition-on.js';
import { ensureKernel } from './ensure-kernel.js';
import { fakeKernel, mainPatch } from './fake-kernel.test.helper.js';
import { rangeDiff } from './range-diff.js';
import { writeFile } from 'node:fs/promises';

const { signal } = new AbortController();

t.test('a commit of a git tree with the config and patches of a definition builds', async (t) => {
  const dir = t.testdir({ cache: {}, out: {} });
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  const { tree, definition } = await fakeKernel(dir);
  const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost'];
  await execa('git', ['init', '-q'], { cwd: tree });
  await execa('git', ['add', '-A'], { cwd: tree });
  await execa('git', [...who, 'commit', '-qm', 'base'], { cwd: tree });
  const into = path.join(dir, 'out/kernel.yaml');
  t.equal(await definitionOn(definition, { git: tree, commit: 'HEAD' }, into), into);
  t.match(parse(readFileSync(into, 'utf8')), {
    source: { git: tree, commit: 'HEAD' },
    series: [{ dir: path.join(dir, 'series/one') }],
    config: [path.join(dir, 'config/base.config')],
  });
  const kernel = await ensureKernel(into, { extraPatches: [], signal });
  t.match(kernel, { release: '6.12.0', source: { origin: tree }, series: [{ patches: ['0001-two.patch'] }] });
});

t.test('names that are not beside the definition are left to be looked up', async (t) => {
  const into = path.join(t.testdir(), 'kernel.yaml');
  await definitionOn('p2pmem-6.12', { tarball: '/linux.tar' }, into);
  const { source, config } = parse(readFileSync(into, 'utf8')) as { source: object; config: string[] };
  t.same(source, { tarball: '/linux.tar' });
  t.match(config[0], /^\/.*\/kernels\/config\/guest\.config$/);
});

t.test('one more fragment: the rest stays, and holds from anywhere', async (t) => {
  const dir = t.testdir({ cache: {}, out: {}, 'more.config': 'CONFIG_MORE=y\n' });
  const { definition } = await fakeKernel(dir);
  const more = path.join(dir, 'more.config');
  const into = path.join(dir, 'out/kernel.yaml');
  await definitionWith(definition, more, into);
  const before = parse(readFileSync(definition, 'utf8')) as { source: Record<string, string> };
  const [kind, place] = Object.entries(before.source)[0]!;
  t.match(parse(readFileSync(into, 'utf8')), {
    source: { [kind]: path.resolve(dir, place) },
    series: [{ dir: path.join(dir, 'series/one') }],
    config: [path.join(dir, 'config/base.config'), more],
  });
  await t.rejects(definitionWith(definition, path.join(dir, 'none'), into), {
    message: `${path.join(dir, 'none')}: no such file`,
  });
});

t.test('nothing can be put upon a kernel that is built', async (t) => {
  const bzImage = path.join(t.testdir({ bzImage: 'x' }), 'bzImage');
  await t.rejects(definitionOn(bzImage, { tarball: '/x' }, '/nowhere'), {
    blame: 'scenario',
    message: `${bzImage} is built already: nothing can be put upon it`,
  });
});

t.test('git matches the patches of two versions, on the definition’s own', async (t) => {
  const dir = t.testdir({ cache: {} });
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  const { definition } = await fakeKernel(dir);
  const write = async (name: string, text: string) => {
    await writeFile(path.join(dir, name), text);
    return path.join(dir, name);
  };
  const mail = (subject: string, diff: string) =>
    `From: p <p@localhost>\nSubject: [PATCH] ${subject}\n\n${diff}`;
  const slub = '--- a/mm/slub.c\n+++ b/mm/slub.c\n@@ -1 +1 @@\n-int slub;\n+int slab;\n';
  const one = await write('one', mail('One', mainPatch('int patched;', 'int more;')));
  const two = await write('two', mail('Two', slub));
  const output = await rangeDiff(definition, [[one], [two, one]], { extraPatches: [], signal });
  t.match(output, /^-: {2}-+ > 1: {2}\w+ Two\n1: {2}\w+ = 2: {2}\w+ One$/);
  const broken = await write('broken', mail('Broken', mainPatch('int absent;', 'int x;')));
  const cut = await rangeDiff(definition, [[one, broken, two], [one]], { extraPatches: [], signal });
  t.match(cut, /^1: {2}\w+ = 1: {2}\w+ One$/, 'what does not apply is left out');
});
