import { execa } from 'execa';
import path from 'node:path';
import t from 'tap';
import type { Scenario } from '../scenario/scenario.js';
import { ownFileOf, prepareOwnFiles } from './own-files.js';

const { signal } = new AbortController();
const scenario = (dir: string, ...files: string[]): Scenario =>
  ({
    file: path.join(dir, 'mine.yaml'),
    steps: files.map((file) => ({ kind: 'own-test', params: { files: file, run: 'x', reads: 'exit' } })),
  }) as unknown as Scenario;

t.test('a path is meant from the scenario file, and a folder stays as it is', async (t) => {
  const dir = t.testdir({ tests: { 'a.sh': '' } });
  const mine = scenario(dir, 'tests');
  const files = await prepareOwnFiles([mine], path.join(dir, 'out'), signal);
  t.equal(ownFileOf(files, mine, 'tests'), path.join(dir, 'tests'));
});

t.test('a C file becomes a program', async (t) => {
  const dir = t.testdir({ 'probe.c': '#include <stdio.h>\nint main(void) { return puts("hi") < 0; }\n' });
  const mine = scenario(dir, 'probe.c');
  const files = await prepareOwnFiles([mine], path.join(dir, 'out'), signal);
  const { stdout } = await execa(ownFileOf(files, mine, 'probe.c'));
  t.equal(stdout, 'hi');
});

t.test('what is not there is told before anything boots', async (t) => {
  const dir = t.testdir({});
  await t.rejects(prepareOwnFiles([scenario(dir, 'no')], dir, signal), {
    blame: 'scenario',
    message: `${dir}/mine.yaml: there is no file or folder ${dir}/no`,
    remedy: 'name it as seen from the scenario file',
  });
});

t.test('a C file with a mistake is told with the mistake', async (t) => {
  const dir = t.testdir({ 'probe.c': 'int main(void) { return x; }\n' });
  await t.rejects(prepareOwnFiles([scenario(dir, 'probe.c')], dir, signal), {
    blame: 'scenario',
    message: /probe\.c does not compile: .*probe\.c:1:\d+: error: .x. undeclared/,
    remedy: /^correct it until this works: gcc -O2 -g -static -Wall -o /,
  });
});

t.test('files of the host that are none of the scenario’s are refused, also through a link', async (t) => {
  const dir = t.testdir({ link: t.fixture('symlink', '/etc/passwd'), folder: t.fixture('symlink', '/etc') });
  const up = path.relative(dir, '/etc/passwd');
  for (const file of ['/etc/passwd', up, 'link', 'folder/passwd', 'folder'])
    await t.rejects(prepareOwnFiles([scenario(dir, file)], dir, signal), {
      blame: 'scenario',
      message:
        / is \/etc(\/passwd)?, which is neither in the folder of the scenario nor below the working directory$/,
      remedy: 'move it beside the scenario, or start p2plab in a folder that has both',
    });
});

t.test('what is below the working directory is the user’s own choice', async (t) => {
  const files = await prepareOwnFiles(
    [scenario('/usr/share', path.resolve('package.json'))],
    '/nowhere',
    signal,
  );
  t.equal(files.size, 1);
});
