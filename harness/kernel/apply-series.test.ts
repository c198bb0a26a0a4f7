import { execa } from 'execa';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { applySeries, commitPatched } from './apply-series.js';

const { signal } = new AbortController();
process.env.XDG_CACHE_HOME = t.testdir({ cache: {} });

/** Ten lines, of which each edit replaces one. */
const text = (edits: Record<number, string> = {}) =>
  Array.from({ length: 10 }, (_, n) => `${edits[n] ?? `line ${n}`}\n`).join('');

async function tree(t: Test) {
  const dir = t.testdir({ 'file.c': text() });
  const file = path.join(dir, 'file.c');
  const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost'];
  const git = async (...args: string[]) => (await execa('git', [...who, ...args], { cwd: dir })).stdout;
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-qm', 'base');
  const base = await git('rev-parse', 'HEAD');
  /** The patch from one content to another; git knows both blobs then. */
  const patch = async (name: string, from: string, to: string) => {
    writeFileSync(file, from);
    await git('add', '-A');
    writeFileSync(file, to);
    await execa('git', ['hash-object', '-w', 'file.c'], { cwd: dir });
    const diff = await git('diff', '--full-index');
    await git('reset', '-q', '--hard', base);
    return { file: name, text: `${diff}\n` };
  };
  return { source: { dir, base }, file, patch, git };
}

t.test('patches that fit are applied as they are', async (t) => {
  const { source, file, patch } = await tree(t);
  const patches = [
    await patch('1', text(), text({ 2: 'two' })),
    await patch('2', text(), text({ 8: 'eight' })),
  ];
  await applySeries(source, patches, 'base', signal);
  t.equal(readFileSync(file, 'utf8'), text({ 2: 'two', 8: 'eight' }));
});

t.test('one whose surroundings have changed is merged, as git am -3 does', async (t) => {
  const { source, file, patch } = await tree(t);
  const patches = [
    await patch('1', text(), text({ 2: 'two' })),
    await patch('2', text(), text({ 4: 'four' })),
  ];
  await applySeries(source, patches, 'base', signal);
  t.equal(readFileSync(file, 'utf8'), text({ 2: 'two', 4: 'four' }));
});

t.test('a conflict names file and hunk, and the next series is not disturbed by it', async (t) => {
  const { source, file, patch } = await tree(t);
  const patches = [
    await patch('1', text(), text({ 4: 'four' })),
    await patch('2', text(), text({ 4: 'FOUR' })),
  ];
  await t.rejects(applySeries(source, patches, 'base', signal), {
    blame: 'scenario',
    message:
      '2: hunk 1 of 1 for file.c does not apply (@@ -2,7 +2,7 @@ line 0); against base plus the 1 patch before it',
  });
  await applySeries(source, patches.slice(1), 'base', signal);
  t.equal(readFileSync(file, 'utf8'), text({ 4: 'FOUR' }));
});

t.test('a commit of the patched source leaves the work tree alone', async (t) => {
  const { source, file, patch, git } = await tree(t);
  const commit = await commitPatched(
    source,
    [await patch('1', text(), text({ 2: 'two' }))],
    'base',
    signal,
    'x',
  );
  t.equal(await git('show', `${commit}:file.c`), text({ 2: 'two' }).trimEnd());
  t.equal(await git('log', '-1', '--format=%s %P', commit), `x ${source.base}`);
  t.equal(readFileSync(file, 'utf8'), text());
});
