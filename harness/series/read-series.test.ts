import { execa } from 'execa';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { PatchSeries } from './patch-series.js';
import { readSeries } from './read-series.js';

const { signal } = new AbortController();

/** A repository with three commits, and their patches in `out`. */
async function threePatches(t: Test, formatPatch: string[] = []) {
  const dir = t.testdir({ repo: {}, out: {} });
  const repo = path.join(dir, 'repo');
  const env = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Jörg Dev'],
      [`GIT_${who}_EMAIL`, 'dev@example.org'],
    ]),
  );
  const git = (...args: string[]) => execa('git', args, { cwd: repo, env });
  await git('init', '-q', '-b', 'main');
  for (const n of [0, 1, 2, 3]) {
    writeFileSync(
      path.join(repo, 'file.c'),
      Array.from({ length: n + 1 }, (_, i) => `line ${i} ä\n`).join(''),
    );
    await git('add', '-A');
    await git('commit', '-qm', `subject ${n}\n\nBecause of ${n}: größer.`);
  }
  const { stdout: base } = await git('rev-parse', 'HEAD~3');
  await git('format-patch', '-q', '-o', path.join(dir, 'out'), ...formatPatch, 'HEAD~3');
  const files = readdirSync(path.join(dir, 'out'))
    .sort()
    .map((name) => path.join(dir, 'out', name));
  return { dir, out: path.join(dir, 'out'), base, files };
}

const subjects = ({ patches }: PatchSeries) => patches.map(({ subject }) => subject);
const inOrder = ['subject 1', 'subject 2', 'subject 3'];

t.test('a folder of git format-patch', async (t) => {
  const { out, base } = await threePatches(t, ['--base=HEAD~3', '--cover-letter', '-v2']);
  const cover = path.join(out, 'v2-0000-cover-letter.patch');
  writeFileSync(cover, readFileSync(cover, 'utf8').replace('*** SUBJECT HERE ***', 'count faster'));
  const series = await readSeries(out, signal);
  t.match(series, { form: 'folder', title: 'count faster', version: 2, baseCommit: base });
  t.same(subjects(series), inOrder);
  t.match(series.patches[1], { author: 'Jörg Dev <dev@example.org>', message: 'Because of 2: größer.' });
  t.match(series.patches[1]!.diff, /^diff --git a\/file\.c b\/file\.c\n/);
});

t.test('an mbox in any order, with a reply in it', async (t) => {
  const { dir, files } = await threePatches(t, ['--thread']);
  const reply =
    'From x Mon Sep 17 00:00:00 2001\nFrom: R <r@example.org>\nSubject: Re: [PATCH 2/3] subject 2\n\nNAK\n\n';
  const text = [files[2], files[0], files[1]].map((file) => readFileSync(file!, 'utf8')).join('\n');
  const mbox = path.join(dir, 'series.mbx');
  writeFileSync(mbox, reply + text);
  const series = await readSeries(mbox, signal);
  t.match(series, { form: 'mbox', title: mbox, version: 1, messageId: /@/ });
  t.same(subjects(series), inOrder);
});

t.test('an mbox of b4, whose cover letter is beside it', async (t) => {
  const { dir, out, base } = await threePatches(t, ['--base=HEAD~3', '--cover-letter', '-v2']);
  const names = readdirSync(out).sort();
  const text = (name: string) => readFileSync(path.join(out, name), 'utf8');
  const cover = text(names[0]!).replace('*** SUBJECT HERE ***', 'count faster');
  writeFileSync(path.join(dir, 'v2_x.cover'), cover);
  writeFileSync(path.join(dir, 'v2_x.mbx'), names.slice(1).map(text).join('\n'));
  const series = await readSeries(path.join(dir, 'v2_x.mbx'), signal);
  t.match(series, { form: 'mbox', title: 'count faster', version: 2, baseCommit: base });
  t.same(subjects(series), inOrder);
});

t.test('a maildir', async (t) => {
  const { dir, files } = await threePatches(t);
  const maildir = path.join(dir, 'mail');
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(path.join(maildir, name), { recursive: true });
  files.forEach((file, n) => renameSync(file, path.join(maildir, n === 0 ? 'cur' : 'new', `${9 - n}.host`)));
  const series = await readSeries(maildir, signal);
  t.equal(series.form, 'maildir');
  t.same(subjects(series), inOrder);
});

t.test('a quilt series: its own order, and patches without mail headers', async (t) => {
  const { out, files } = await threePatches(t);
  const last = readFileSync(files[2]!, 'utf8');
  writeFileSync(files[2]!, last.slice(last.indexOf('diff --git')));
  writeFileSync(
    path.join(out, 'series'),
    `# top\n${files.map((file) => `${path.basename(file)} -p1\n`).join('\n')}`,
  );
  const series = await readSeries(out, signal);
  t.equal(series.form, 'quilt');
  t.same(subjects(series), ['subject 1', 'subject 2', path.basename(files[2]!)]);
});

t.test('quoted-printable mail is decoded', async (t) => {
  const { dir, files } = await threePatches(t, ['--thread']);
  const [head, ...body] = readFileSync(files[0]!, 'utf8').split('\n\n');
  const coded = body.join('\n\n').replaceAll('=', '=3D').replaceAll('ä', '=C3=A4').replaceAll('ö', '=C3=B6');
  const mail = `${head!.replace(/Content-Transfer-Encoding: .*/, 'Content-Transfer-Encoding: quoted-printable')}\n\n${coded}`;
  const file = path.join(dir, 'one.mbox');
  writeFileSync(file, mail);
  const plain = await readSeries(path.dirname(files[0]!), signal);
  await t.rejects(readSeries(file, signal), { message: `${file} has 1 of 3 patches: 2/3 is missing` });
  writeFileSync(file, mail.replace('1/3', '1/1'));
  const series = await readSeries(file, signal);
  t.equal(series.title, 'subject 1');
  t.equal(series.patches[0]!.diff.trim(), plain.patches[0]!.diff.trim());
});

t.test('what is no series says so', async (t) => {
  const dir = t.testdir({ empty: {}, 'notes.txt': 'hello\n' });
  await t.rejects(readSeries(path.join(dir, 'no'), signal), {
    blame: 'scenario',
    message: `${dir}/no is no patch series: there is no such file or folder`,
  });
  await t.rejects(readSeries(path.join(dir, 'empty'), signal), {
    message: `${dir}/empty is no patch series: it has no .patch files, no series file, and is no maildir`,
  });
  await t.rejects(readSeries(path.join(dir, 'notes.txt'), signal), {
    blame: 'scenario',
    message: /notes\.txt/,
  });
});
