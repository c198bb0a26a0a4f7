import { execa } from 'execa';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { PatchSeries } from './patch-series.js';
import { readTree } from './read-tree.js';

const { signal } = new AbortController();
const env = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Jörg Dev'],
      [`GIT_${who}_EMAIL`, 'dev@example.org'],
    ]),
  ),
};

/** A repository with a commit for each letter; each adds a line to the file. */
async function repository(t: Test, letters: string) {
  const dir = t.testdir({ tree: {} });
  const tree = path.join(dir, 'tree');
  const git = async (...args: string[]) => (await execa('git', args, { cwd: tree, env })).stdout;
  await git('init', '-q', '-b', 'main');
  for (const letter of letters) {
    writeFileSync(path.join(tree, 'file.c'), `line ${letter}\n`);
    await git('add', '-A');
    await git('commit', '-qm', `subject ${letter}\n\nBecause of ${letter}.`);
  }
  return { tree, git };
}

const subjects = ({ patches }: PatchSeries) => patches.map(({ subject }) => subject);

t.test('the commits of a range, oldest first, on the commit before them', async (t) => {
  const { tree, git } = await repository(t, 'abcd');
  const series = await readTree(tree, 'HEAD~3..HEAD~1', signal);
  t.same(subjects(series), ['subject b', 'subject c']);
  t.match(series, {
    form: 'range',
    origin: `HEAD~3..HEAD~1 of ${tree}`,
    baseCommit: await git('rev-parse', 'HEAD~3'),
    patches: [{ author: 'Jörg Dev <dev@example.org>', message: 'Because of b.' }, {}],
  });
  t.match(series.patches[1]!.diff, /^diff --git a\/file\.c b\/file\.c\nindex [0-9a-f]{40}\.\.[0-9a-f]{40}/);
});

t.test('what is not committed is a patch that says so; new files are in it, ignored ones not', async (t) => {
  const { tree, git } = await repository(t, 'ab');
  const clean = readTree(tree, undefined, signal);
  await t.rejects(clean, {
    blame: 'scenario',
    message: `the work tree of ${tree} is no patch series: there is nothing in it`,
  });
  writeFileSync(path.join(tree, '.gitignore'), '*.o\n');
  writeFileSync(path.join(tree, 'file.o'), 'object\n');
  writeFileSync(path.join(tree, 'file.c'), 'line dirty\n');
  const dirty = await readTree(tree, undefined, signal);
  t.match(dirty, {
    form: 'work-tree',
    title: 'uncommitted changes',
    baseCommit: await git('rev-parse', 'HEAD'),
  });
  t.match(dirty.patches[0]!.diff, /\+\*\.o\n[^]*\+line dirty\n/);
  t.notMatch(dirty.patches[0]!.diff, /object/);
  const both = await readTree(tree, 'HEAD~1..', signal);
  t.same(subjects(both), ['subject b', 'uncommitted changes']);
  t.match(both, { form: 'range', title: `HEAD~1.. of ${tree} with uncommitted changes` });
  t.same(subjects(await readTree(tree, 'HEAD~1..HEAD', signal)), ['subject b'], 'not asked for');
});

t.test('the tree and its repository stay as they are', async (t) => {
  const { tree } = await repository(t, 'ab');
  writeFileSync(path.join(tree, 'file.c'), 'line dirty\n');
  mkdirSync(path.join(tree, 'new'));
  writeFileSync(path.join(tree, 'new/file.c'), 'new\n');
  const state = () =>
    readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => [name, statSync(path.join(tree, name)).mtimeMs]);
  const before = state();
  await readTree(tree, 'HEAD~1..', signal);
  t.same(state(), before);
});

t.test('ranges that are none', async (t) => {
  const { tree, git } = await repository(t, 'abc');
  await git('checkout', '-q', '-b', 'side', 'HEAD~1');
  writeFileSync(path.join(tree, 'other.c'), 'x\n');
  await git('add', '-A');
  await git('commit', '-qm', 'side');
  const why = (range: string) =>
    readTree(tree, range, signal).then(
      () => 'none',
      (error: Error) => error.message.replaceAll(tree, 'TREE').replace(/[0-9a-f]{12} in it/, 'COMMIT in it'),
    );
  t.equal(await why('HEAD'), 'HEAD of TREE is no patch series: it is no range');
  t.equal(await why('HEAD~1...HEAD'), 'HEAD~1...HEAD of TREE is no patch series: it is no range');
  t.equal(await why('v9..HEAD'), 'v9 of TREE is no patch series: there is no such commit');
  t.equal(await why('HEAD..HEAD'), 'HEAD..HEAD of TREE is no patch series: there is nothing in it');
  t.equal(
    await why('main..side'),
    'main..side of TREE is no patch series: its first commit is no ancestor of its last',
  );
  await git('merge', '-q', '--no-edit', 'main');
  t.equal(await why('main..side'), 'main..side of TREE is no patch series: COMMIT in it is a merge');
});
