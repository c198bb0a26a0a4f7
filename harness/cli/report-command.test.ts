import { cpSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { sampleSeries } from '../report/sample-series.test.support.js';
import { compareCommand } from './compare-command.js';
import { buildProgram } from './program.js';
import { plainTerminal } from './terminal.test.support.js';

const recorded = path.join(packageRoot, 'harness/report/testdata/recorded');
const [base, mutant] = [path.join(recorded, 'base'), path.join(recorded, 'mutant')];

/** @returns what was printed, and the exit code or the message of a mistake */
async function run(...argv: string[]) {
  const { terminal, printed } = plainTerminal();
  let errors = '';
  let exitCode: number | undefined;
  const program = await buildProgram(
    { ...terminal, err: (text) => void (errors += text) },
    (code) => (exitCode = code),
  );
  const thrown = await program.parseAsync(argv, { from: 'user' }).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  return { printed: printed(), errors, exitCode, thrown };
}

t.test('reports are written into the run folder, or where --out says', async (t) => {
  const dir = t.testdir();
  cpSync(mutant, path.join(dir, 'run'), { recursive: true });
  const { printed, exitCode } = await run('report', path.join(dir, 'run'), '--format', 'junit,markdown');
  t.equal(printed, `${dir}/run/report.junit.xml\n${dir}/run/report.md\n`);
  t.equal(exitCode, 0);
  await run('report', mutant, '--format', 'ktap', '--out', path.join(dir, 'new/folder'));
  t.same(readdirSync(path.join(dir, 'new/folder')), ['report.ktap']);
});

t.test('--out - prints one', async (t) => {
  t.match((await run('report', base, '--format', 'tap', '--out', '-')).printed, /^TAP version 14\n1\.\.4\n/);
  t.match((await run('report', base, '--format', 'tap,ktap', '--out', '-')).thrown, {
    blame: 'scenario',
    message: '--out - takes one format, not tap,ktap',
  });
});

t.test('--against and --in-reply-to reach the mail', async (t) => {
  const argv = ['--against', base, '--in-reply-to', 'cover.1@example.org', '--out', '-'];
  const { printed } = await run('report', mutant, '--format', 'mail', ...argv);
  t.match(printed, '\nIn-Reply-To: <cover.1@example.org>\n');
  t.match(printed, '\nSubject: Re: [p2plab] 4 new failures, 4 fail');
});

t.test('mistakes are told before anything is read', async (t) => {
  const wrong = await run('report', base, '--format', 'pdf');
  t.match(
    wrong.errors,
    'pdf is none of mail, markdown, github, junit, tap, ktap, kcidb, html, svg, b4, normalised',
  );
  t.match((await run('report', base, '--in-reply-to', 'a\nBcc: b@c')).errors, 'want a Message-ID, such as');
  t.match((await run('report', base, '--origin', 'My CI')).errors, 'want lower-case letters');
});

t.test('what is no run is said to be none', async (t) => {
  const dir = t.testdir();
  t.match((await run('report', dir)).thrown, { message: `${dir} has no run that had started in it` });
});

t.test('compare says what is new, and fails for that alone', async (t) => {
  const { terminal, printed } = plainTerminal();
  t.equal(await compareCommand(base, mutant, { format: 'text' }, terminal), 1);
  t.match(
    printed(),
    /^base: p2pmem-6\.12 \(6\.12\.117\), run [\w-]+\nthis run: p2pmem-6\.12 .* with leak-one-page-on-free\.patch/,
  );
  t.match(printed(), '\nNew failures:\n* nvme-copy-p2p [provider=nvme0]: pass -> fail\n');
  t.equal(await compareCommand(mutant, base, { format: 'text' }, plainTerminal().terminal), 0);
});

t.test('compare as JSON', async (t) => {
  const { printed, exitCode } = await run('compare', base, mutant, '--format', 'json');
  t.match(JSON.parse(printed), { results: [{ change: 'new' }, {}, {}, {}], ways: [] });
  t.equal(exitCode, 1);
});

t.test('the help tells of each format and its file', async (t) => {
  const { printed } = await run('report', '--help');
  for (const file of readdirSync(path.join(packageRoot, 'harness/report/testdata/reports')))
    t.match(printed, file);
});

t.test('a series and a bench have some of the formats, and a base of their own', async (t) => {
  const bench = path.join(packageRoot, 'harness/benchmark/testdata');
  const dir = t.testdir({ 'bench.json': readFileSync(path.join(bench, 'bench.json'), 'utf8') });
  t.match((await run('report', dir, '--format', 'markdown')).printed, `${dir}/report.md\n`);
  t.match((await run('report', dir, '--format', 'markdown,ktap')).thrown, {
    blame: 'scenario',
    message: `${dir} is of a bench, which has no report of the format ktap`,
    remedy: 'choose of mail, markdown, github, html; the runs in its folder have all of them',
  });
  t.match((await run('report', dir, '--against', base)).thrown, {
    message: `${dir} is of a bench, which has its base in it: no --against`,
  });
});

t.test('a run of a series answers its cover letter', async (t) => {
  const dir = t.testdir({ 'series.json': JSON.stringify(sampleSeries().document) });
  const place = path.join(dir, 'cells/1/run-1');
  cpSync(mutant, place, { recursive: true });
  const mail = ['--format', 'mail', '--out', '-'];
  t.match((await run('report', place, ...mail)).printed, '\nIn-Reply-To: <20261126.1@example.org>\n');
  t.match((await run('report', dir, ...mail)).printed, '\nIn-Reply-To: <20261126.1@example.org>\n');
  const other = ['--in-reply-to', 'x@example.org'];
  t.match((await run('report', place, ...mail, ...other)).printed, '\nIn-Reply-To: <x@example.org>\n');
});
