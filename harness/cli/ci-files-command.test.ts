import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { allPackages } from '../host/packages.js';
import { ciFile, ciFilesCommand, ciSystems } from './ci-files-command.js';
import { githubProblems, gitlabProblems } from './ci-schemas.test.support.js';
import { buildProgram } from './program.js';
import { plainTerminal } from './terminal.test.support.js';

const text = Object.fromEntries(ciSystems.map((system) => [system, readFileSync(ciFile(system), 'utf8')]));

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
    t.equal(await ciFilesCommand(system, undefined, terminal), 0);
    t.equal(printed(), text[system]);
    const file = path.join(t.testdir(), 'ci.yml');
    await ciFilesCommand(system, file, terminal);
    t.equal(readFileSync(file, 'utf8'), text[system]);
    await t.rejects(ciFilesCommand(system, file, terminal), {
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
