import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { packageRoot } from '../common/paths.js';
import { allPackages } from '../host/packages.js';
import { ciFile, ciFilesCommand, ciSystems, ciText } from './ci-files-command.js';
import { githubProblems, gitlabProblems } from './ci-schemas.test.support.js';
import { buildProgram } from './program.js';
import { plainTerminal } from './terminal.test.support.js';

const text: Record<string, string> = {};
for (const system of ciSystems) text[system] = await ciText(system);

t.test('GitHub takes its file, and would not take a wrong one', async (t) => {
  t.same(await githubProblems(text.github!), []);
  const wrong = text.github!.replace('runs-on:', 'runs:').replace('cron: ', 'at: ');
  t.same(await githubProblems(wrong), [
    "ci.yml (Line: 9, Col: 7): Unexpected value 'at'",
    'ci.yml (Line: 9, Col: 7): Required property is missing: cron',
    "ci.yml (Line: 32, Col: 5): Unexpected value 'runs'",
    'ci.yml (Line: 32, Col: 5): Required property is missing: runs-on',
  ]);
});

t.test('GitLab takes its file, and would not take a wrong one', async (t) => {
  t.same(await gitlabProblems(text.gitlab!, t.testdir()), []);
  const wrong = text.gitlab!.replace('expire_in:', 'expires:');
  t.same(await gitlabProblems(wrong, t.testdir()), [
    "'expires' property is not expected to be here at series.artifacts",
  ]);
});

t.test('both take what spreads the library over many runners', async (t) => {
  t.same(await githubProblems(text['github-matrix']!), []);
  t.same(await gitlabProblems(text['gitlab-matrix']!.replace(/^run:[^]*/m, ''), t.testdir()), []);
});

t.test('both take what spreads a series over many runners, with any rounds', async (t) => {
  for (const rounds of [1, 2, 3, 9])
    t.same(await githubProblems(await ciText('github-series-matrix', rounds)), []);
  const parent = await ciText('gitlab-series-matrix', 4);
  t.match(parent, '--rounds 4 >shards.yml');
  t.same(await gitlabProblems(parent.replace(/^run:[^]*/m, ''), t.testdir()), []);
});

t.test(
  'a round is a matrix of what is left, and the matrices of a workflow together have no more than 256',
  async (t) => {
    for (const [rounds, most] of [
      [1, [256]],
      [2, [128, 128]],
      [4, [128, 42, 42, 42]],
    ] as const) {
      const file = await ciText('github-series-matrix', rounds);
      t.notMatch(file, /__|^ *# (begin|end)$/m, 'nothing is left to be filled in');
      t.same(
        [...file.matchAll(/--most (\d+)/g)].map(([, n]) => Number(n)),
        most,
      );
      const { jobs } = parse(file) as { jobs: Record<string, { needs: string[] }> };
      const numbers = most.map((_, n) => n + 1);
      t.same(Object.keys(jobs), [
        'plan',
        ...numbers.flatMap((n) => [...(n > 1 ? [`next-${n - 1}`] : []), `round-${n}`]),
        'merge',
      ]);
      t.same(jobs.merge!.needs, ['plan', ...numbers.map((n) => `round-${n}`)]);
    }
  },
);

t.test('rounds where there are none, and more than can be needed', async (t) => {
  await t.rejects(ciText('github-matrix', 2), {
    blame: 'scenario',
    message: 'the file for github-matrix has no rounds',
    remedy: 'leave --rounds out, or take github-series-matrix',
  });
  await t.rejects(ciText('gitlab-series-matrix', 10), {
    blame: 'scenario',
    message: '10 rounds are more than a series can need',
    remedy: 'ask for 9 or fewer; 3 do when no host breaks',
  });
});

for (const system of ciSystems) {
  t.test(`${system}: commands and options are p2plab's`, async (t) => {
    const program = await buildProgram(plainTerminal().terminal, () => {});
    const lines = [...text[system]!.matchAll(/npx p2plab ([^\n|)]*)/g)].map(([, line]) => line!);
    t.ok(lines.length > 0);
    for (const line of lines) {
      const words = line.trim().split(/\s+/);
      const first = program.commands.find((command) => command.name() === words[0]);
      const command = first?.commands.find((sub) => sub.name() === words[1]) ?? first;
      t.ok(command, line);
      const known = command?.options.map(({ long }) => long);
      for (const option of words.filter((word) => word.startsWith('--')))
        t.ok(known?.includes(option), option);
    }
  });

  t.test(`${system}: all packages that p2plab needs are installed`, async (t) => {
    const words = text[system]!.split(/\s+/);
    t.same(
      allPackages.filter((name) => !words.includes(name)),
      [],
    );
  });

  t.test(`${system}: printed, or written where nothing is`, async (t) => {
    const { terminal, printed } = plainTerminal();
    t.equal(await ciFilesCommand(system, {}, terminal), 0);
    t.equal(printed(), text[system]);
    const file = path.join(t.testdir(), 'ci.yml');
    await ciFilesCommand(system, { write: file }, terminal);
    t.equal(readFileSync(file, 'utf8'), text[system]);
    await t.rejects(ciFilesCommand(system, { write: file }, terminal), {
      blame: 'scenario',
      message: `cannot write ${file}: it is there already`,
    });
  });
}

t.test('the package has them', async (t) => {
  const { files } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    files: string[];
  };
  t.ok(files.includes(path.relative(packageRoot, path.dirname(ciFile('github')))));
});
