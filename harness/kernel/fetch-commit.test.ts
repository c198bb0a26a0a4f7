import { execa } from 'execa';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { fetchCommit } from './fetch-commit.js';
import { treeFolder } from './source-tree.js';

const { signal } = new AbortController();

/** A user's repository with two commits, and a cache of its own. */
async function repository(t: Test) {
  const dir = t.testdir({ cache: {}, user: {} });
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  const user = path.join(dir, 'user');
  const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost'];
  const git = async (...args: string[]) => (await execa('git', [...who, ...args], { cwd: user })).stdout;
  await git('init', '-q', '-b', 'main');
  for (const word of ['one', 'two']) {
    writeFileSync(path.join(user, 'file.c'), `${word}\n`);
    await git('add', '-A');
    await git('commit', '-qm', word);
  }
  return { user, git };
}

t.test('a commit that is no branch’s head is copied, and is the same for the same files', async (t) => {
  const { user, git } = await repository(t);
  const old = await git('rev-parse', 'HEAD~1');
  const one = await fetchCommit(user, old, 'id', signal);
  const ours = path.join(treeFolder('id'), 'tree');
  t.equal((await execa('git', ['show', `${one.commit}:file.c`], { cwd: ours })).stdout, 'one');
  t.equal(one.tree, await git('rev-parse', 'HEAD~1^{tree}'));
  t.same(await fetchCommit(user, 'HEAD~1', 'id', signal), one);
  t.not((await fetchCommit(user, 'main', 'id', signal)).tree, one.tree, 'a second one of the repository');
});

t.test("the user's repository is only read", async (t) => {
  const { user } = await repository(t);
  const state = () =>
    readdirSync(user, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => [name, statSync(path.join(user, name)).mtimeMs]);
  const before = state();
  await fetchCommit(user, 'HEAD~1', 'id', signal);
  t.same(state(), before);
});

t.test('no such commit, no such repository', async (t) => {
  const { user } = await repository(t);
  await t.rejects(fetchCommit(user, 'v9', 'id', signal), {
    blame: 'scenario',
    message: `${user} has no commit v9`,
  });
  await t.rejects(fetchCommit(`${user}/no`, 'v9', 'id', signal), { message: `${user}/no has no commit v9` });
});
