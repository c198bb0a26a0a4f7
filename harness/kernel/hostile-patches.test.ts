import { execa } from 'execa';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { DoesNotApply } from '../common/errors.js';
import { applySeries } from './apply-series.js';

// Patches that would write where no source is. What a series makes the kernel's own Makefiles do is another matter:
// whoever builds it runs it.

const { signal } = new AbortController();
process.env.XDG_CACHE_HOME = t.testdir({ cache: {} });

async function tree(t: Test) {
  const around = t.testdir({ tree: { 'file.c': 'one\n' }, outside: {} });
  const dir = path.join(around, 'tree');
  const git = async (...args: string[]) =>
    (await execa('git', ['-c', 'user.name=p', '-c', 'user.email=p@localhost', ...args], { cwd: dir })).stdout;
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-qm', 'base');
  return {
    source: { dir, base: await git('rev-parse', 'HEAD') },
    dir,
    outside: path.join(around, 'outside'),
  };
}

const newFile = (name: string, text: string, mode = '100644') =>
  `A change\n\ndiff --git a/${name} b/${name}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+${text}\n`;
const link = (name: string, to: string) => newFile(name, to, '120000') + '\\ No newline at end of file\n';

const refused: Record<string, (outside: string) => string[]> = {
  'a path that goes up': () => [newFile('../outside/evil', 'x')],
  'a path that goes up later': () => [newFile('drivers/../../outside/evil', 'x')],
  'an absolute path': (outside) => [newFile(`${outside}/evil`, 'x').replaceAll(/[ab]\/\//g, '/')],
  'the folder of git': () => [newFile('.git/hooks/post-checkout', 'x', '100755')],
  'a link, then a file through it': (outside) => [link('way', outside), newFile('way/evil', 'x')],
  'a link and a file through it in one patch': (outside) => [link('way', outside) + newFile('way/evil', 'x')],
};

for (const [what, texts] of Object.entries(refused))
  t.test(`${what} is refused or stays in the tree`, async (t) => {
    const { source, dir, outside } = await tree(t);
    const patches = texts(outside).map((text, n) => ({ file: `${n}.patch`, text }));
    await applySeries(source, patches, 'base', signal).catch((error: unknown) => {
      t.ok(error instanceof DoesNotApply, String(error));
    });
    t.same(readdirSync(outside), []);
    t.notOk(existsSync(path.join(dir, '.git/hooks/post-checkout')));
  });

t.test('a link that a patch left is not written through when the next series is put there', async (t) => {
  const { source, dir, outside } = await tree(t);
  const apply = (text: string) => applySeries(source, [{ file: 'p', text }], 'base', signal);
  await apply(link('way', outside));
  t.ok(existsSync(path.join(dir, 'way')));
  writeFileSync(path.join(outside, 'mine'), 'kept');
  await apply(newFile('way/evil', 'x'));
  t.same(readdirSync(outside), ['mine']);
  t.ok(existsSync(path.join(dir, 'way/evil')));
});
