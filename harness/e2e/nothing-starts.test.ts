import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { filesBelow, main, p2plab } from './run-p2plab.test.support.js';

t.test('a wrong scenario file: every problem with its place, exit 2, nothing started', async (t) => {
  const dir = t.testdir({
    'bad.yaml':
      'name: bad\ntitle: wrong in two places\nmachines:\n  host:\n    cpu: EPYC\n    pcie:\n      - { nvme: nvme0, size: 64X }\nstpes: []\n',
  });
  const { exitCode, stderr } = await p2plab(['run', 'bad.yaml', '--out', 'run'], { cwd: dir });
  t.equal(exitCode, 2);
  t.match(stderr, /^bad\.yaml:7:\d+: .*size: want .*, found "64X"$/m);
  t.match(stderr, /^bad\.yaml:8:1: unknown key "stpes", did you mean "steps"\?$/m);
  t.notMatch(stderr, /^ {4}at /m, 'no stack trace');
  t.strictSame(filesBelow(path.join(dir, 'run')), []);
});

t.test('not root and packages missing: the command to run, exit 3, nothing changed', async (t) => {
  const dir = t.testdir({ bin: {}, home: {} });
  const home = path.join(dir, 'home');
  writeFileSync(path.join(dir, 'bin/dpkg-query'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const env = { PATH: `${dir}/bin:${process.env.PATH}`, HOME: home, XDG_CACHE_HOME: '' };
  // the checkout may be in a folder that only root can enter, so another user may at least read everything
  const may = '+dac_override,+dac_read_search';
  const nobody = [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    `--inh-caps=${may}`,
    `--ambient-caps=${may}`,
  ];
  const asNobody = process.getuid?.() === 0 ? ['setpriv', ...nobody] : [];
  const command = [...asNobody, process.execPath, main, 'run', '--install-packages', '--tag', 'smoke'];
  const { exitCode, stderr } = await execa(command[0]!, command.slice(1), { env, cwd: home, reject: false });
  t.equal(exitCode, 3);
  t.match(stderr, /Debian packages are missing \(qemu-system-x86 .*\) and only root may install them/);
  t.match(stderr, / {2}next: run: sudo apt-get install --no-install-recommends qemu-system-x86 /);
  t.strictSame(filesBelow(home), []);
});
