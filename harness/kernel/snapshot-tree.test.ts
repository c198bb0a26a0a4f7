import { execa } from 'execa';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { treeFolder } from './source-tree.js';
import { snapshotTree } from './snapshot-tree.js';

process.env.XDG_CACHE_HOME = t.testdir();
const signal = new AbortController().signal;

async function files(dir: string, treeId: string): Promise<string[]> {
  const { commit } = await snapshotTree(dir, treeId, signal);
  const repository = path.join(treeFolder(treeId), 'tree');
  return (await execa('git', ['ls-tree', '-r', '--name-only', commit], { cwd: repository, lines: true }))
    .stdout;
}

t.test('of a plain tree everything is source, even if its .gitignore says otherwise', async (t) => {
  const dir = t.testdir({ '.gitignore': '/*\n', Makefile: '', mm: { 'slub.c': '' } });
  t.same(await files(dir, 'plain'), ['.gitignore', 'Makefile', 'mm/slub.c']);
});

t.test('of a git tree what is tracked or not ignored, as it is on disk', async (t) => {
  const dir = t.testdir({
    '.gitignore': '/*\n!/mm/\n*.o\n',
    Makefile: '',
    'old.c': '',
    mm: { 'new.c': '', 'new.o': '' },
  });
  await execa('git', ['init', '--quiet'], { cwd: dir });
  await execa('git', ['add', '--force', 'Makefile', 'old.c'], { cwd: dir });
  t.same(await files(dir, 'git'), ['Makefile', 'mm/new.c', 'old.c']);
  await rm(path.join(dir, 'old.c'));
  await writeFile(path.join(dir, 'mm/newer.c'), '');
  t.same(await files(dir, 'git'), ['Makefile', 'mm/new.c', 'mm/newer.c']);
  await execa('git', ['rm', '--quiet', '--cached', 'old.c'], { cwd: dir });
  await rm(path.join(dir, 'mm/newer.c'));
  t.same(await files(dir, 'git'), ['Makefile', 'mm/new.c']);
});

t.test('results of runs that were started in the tree are no source', async (t) => {
  const dir = t.testdir({ Makefile: '', 'p2plab-runs': { x: { 'run.json': '{}' } } });
  await execa('git', ['init', '--quiet'], { cwd: dir });
  t.same(await files(dir, 'runs'), ['Makefile']);
});

t.test('the same files are the same tree', async (t) => {
  const dir = t.testdir({ Makefile: 'all:\n' });
  const first = await snapshotTree(dir, 'same', signal);
  t.same(await snapshotTree(dir, 'same', signal), first);
  await writeFile(path.join(dir, 'Makefile'), 'none:\n');
  t.not((await snapshotTree(dir, 'same', signal)).tree, first.tree);
});
