import { execa } from 'execa';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { PatchSeries } from '../series/patch-series.js';
import { findBase, findSeries, writePatchesBefore } from './find-series.js';

const { signal } = new AbortController();

/** A repository with a commit for each of 1, 2 and 3, each in a file of its own, on top of 0. */
async function repository(t: Test) {
  const dir = t.testdir({ tree: {}, out: {}, run: {} });
  const tree = path.join(dir, 'tree');
  const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost'];
  const git = async (...args: string[]) => (await execa('git', [...who, ...args], { cwd: tree })).stdout;
  await git('init', '-q', '-b', 'main');
  for (const n of [0, 1, 2, 3]) {
    writeFileSync(path.join(tree, `file${n}.c`), `line ${n}\n`);
    await git('add', '-A');
    await git('commit', '-qm', `subject ${n}`);
  }
  const out = path.join(dir, 'out');
  return { dir, tree, out, run: path.join(dir, 'run'), git, base: await git('rev-parse', 'HEAD~3') };
}

const place = { after: [] as string[] };
const subjects = ({ patches }: PatchSeries) => patches.map(({ subject }) => subject);

t.test('a range of a tree is based on where it begins', async (t) => {
  const { tree, base } = await repository(t);
  const series = await findSeries('HEAD~3..HEAD', tree, signal);
  t.same(subjects(series), ['subject 1', 'subject 2', 'subject 3']);
  t.same(await findBase(series, { ...place, tree }, signal), {
    kernel: 'p2pmem-6.12',
    on: { git: tree, commit: base },
  });
  t.same(
    await findBase(series, { ...place, tree, kernel: 'p2pmem-6.12-norxe' }, signal),
    { kernel: 'p2pmem-6.12-norxe' },
    'what is named counts more',
  );
});

t.test('a base is never guessed', async (t) => {
  const { out, git, base } = await repository(t);
  await git('format-patch', '-q', '-o', out, 'HEAD~3');
  const without = await findSeries(out, undefined, signal);
  await t.rejects(findBase(without, place, signal), {
    blame: 'scenario',
    message: `${out} does not say what it is based on`,
    remedy:
      'name the base: --kernel NAME of `p2plab kernel list`, --tree DIR --base COMMIT, or --base TARBALL',
  });
  await git('format-patch', '-q', '-o', out, '--base=HEAD~3', 'HEAD~3');
  const series = await findSeries(out, undefined, signal);
  await t.rejects(findBase(series, place, signal), {
    message: `${out} is based on ${base}, which has to be found`,
    remedy: 'name the git tree that has it, --tree DIR, or put it on another kernel: --kernel NAME',
  });
});

t.test('the base-commit of a series is looked up in the tree; --base counts more', async (t) => {
  const { dir, tree, out, git, base } = await repository(t);
  await git('format-patch', '-q', '-o', out, '--base=HEAD~3', 'HEAD~3');
  const series = await findSeries(out, tree, signal);
  t.same((await findBase(series, { ...place, tree }, signal)).on, { git: tree, commit: base });
  t.same((await findBase(series, { ...place, tree, base: 'HEAD~1' }, signal)).on, {
    git: tree,
    commit: await git('rev-parse', 'HEAD~1'),
  });
  writeFileSync(path.join(dir, 'linux.tar.xz'), '');
  const tarball = path.join(dir, 'linux.tar.xz');
  t.same((await findBase(series, { ...place, base: tarball }, signal)).on, { tarball });
  t.same((await findBase(series, { ...place, base: tree }, signal)).on, { tree });
  await t.rejects(findBase(series, { ...place, base: 'v6.12' }, signal), {
    message: '--base v6.12 is no file or folder, and there is no --tree',
  });
});

t.test('a base-commit that the tree has not is said, not replaced', async (t) => {
  const { tree, out, git } = await repository(t);
  await git('format-patch', '-q', '-o', out, '--base=HEAD~3', 'HEAD~3');
  const series = { ...(await findSeries(out, tree, signal)), baseCommit: '1'.repeat(40) };
  await t.rejects(findBase(series, { ...place, tree }, signal), {
    blame: 'scenario',
    message: `${tree} has no commit ${'1'.repeat(40)}`,
  });
});

t.test('what a series needs is taken from the tree, or asked for', async (t) => {
  const { tree, out, run, git } = await repository(t);
  await git('format-patch', '-q', '-o', out, '--base=HEAD~3', 'HEAD~1');
  const series = await findSeries(out, tree, signal);
  t.equal(series.prerequisites.length, 2);
  const before = await writePatchesBefore(series, 'p2pmem-6.12', { ...place, tree }, run, signal);
  t.same(
    before.map((file) => path.relative(run, file)),
    ['before/0001-subject-1.patch', 'before/0002-subject-2.patch'],
  );
  await t.rejects(writePatchesBefore(series, 'p2pmem-6.12', place, run, signal), {
    blame: 'scenario',
    message: `${out} needs patches that its base has not, by patch id: ${series.prerequisites.join(' ')}`,
  });
  const after = path.join(run, 'after');
  await git('format-patch', '-q', '-o', after, 'HEAD~3..HEAD~1');
  const given = await writePatchesBefore(series, 'p2pmem-6.12', { after: [after] }, run, signal);
  t.equal(given.length, 2, 'given by the user, and not asked for again');
});

t.test('a message-id is b4’s to fetch', async (t) => {
  const { dir, out, git } = await repository(t);
  await git('format-patch', '-q', '--stdout', 'HEAD~1').then((text) =>
    writeFileSync(`${out}/mbox`, `${text}\n`),
  );
  const bin = path.join(dir, 'bin');
  mkdirSync(bin);
  const log = path.join(dir, 'log');
  const b4 = `#!/bin/sh\necho "$4" >${log}\ncp ${out}/mbox "$3/v2_x.mbx"\n`;
  writeFileSync(path.join(bin, 'b4'), b4);
  chmodSync(path.join(bin, 'b4'), 0o755);
  const { PATH } = process.env;
  t.teardown(() => (process.env.PATH = PATH));
  process.env.PATH = `${bin}:${PATH}`;
  const series = await findSeries('<2026.1-1-p@localhost>', undefined, signal);
  t.same(subjects(series), ['subject 3']);
  t.equal(series.origin, '<2026.1-1-p@localhost>');
  t.equal(readFileSync(log, 'utf8'), '2026.1-1-p@localhost\n');
  writeFileSync(path.join(bin, 'b4'), '#!/bin/sh\necho "Server returned an error: 404" >&2\nexit 1\n');
  await t.rejects(findSeries('2026.1-1-p@localhost', undefined, signal), {
    blame: 'host',
    message: 'b4 did not fetch 2026.1-1-p@localhost: Server returned an error: 404',
  });
  t.ok(readdirSync(out).length);
});

t.test('without b4 a message-id says how to go on', async (t) => {
  const { PATH } = process.env;
  t.teardown(() => (process.env.PATH = PATH));
  process.env.PATH = t.testdir();
  await t.rejects(findSeries('2026.1-1-p@localhost', undefined, signal), {
    blame: 'host',
    message: 'fetching 2026.1-1-p@localhost needs b4',
    remedy: 'apt-get install b4, or elsewhere: b4 am 2026.1-1-p@localhost, and give the .mbx',
  });
});

t.test('no series at all', async (t) => {
  await t.rejects(findSeries(undefined, undefined, signal), { message: 'no patch series is named' });
});
