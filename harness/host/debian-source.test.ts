import { spawnSync } from 'node:child_process';
import path from 'node:path';
import t, { type Test } from 'tap';
import { lacksSecuritySource, securitySource } from './debian-source.js';
import { installCommand } from './packages.js';

const skip = spawnSync('apt-get', ['--version']).status === 0 ? false : 'there is no apt-get here';
const main = 'deb http://deb.debian.org/debian bookworm main\n';
const packages = ['mmdebstrap', 'linux-source-6.12'];

/** The host's own APT, with sources and lists of the test's own. */
function withSources(t: Test, sources: string): void {
  const at = (name: string) => path.join(t.testdirName, name);
  const settings = {
    'Dir::Etc::sourcelist': at('sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': at('lists'),
    'Dir::State::status': at('status'),
    'Dir::Cache': at('cache'),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => [`${name} "${value}";`]);
  t.testdir({ 'apt.conf': options.join('\n'), 'sources.list': sources, status: '', lists: {}, cache: {} });
  process.env.APT_CONFIG = at('apt.conf'); // of this test file's own process
  t.teardown(() => delete process.env.APT_CONFIG);
}

t.test(
  'without the security suite Debian 12 has no such kernel: the line, and where to',
  { skip },
  async (t) => {
    withSources(t, main);
    t.equal(await lacksSecuritySource(packages, 'bookworm'), true);
    t.equal(
      await installCommand(packages, 'bookworm'),
      `echo 'deb http://deb.debian.org/debian-security bookworm-security main' | sudo tee /etc/apt/sources.list.d/debian-security.list && sudo apt-get update && sudo apt-get install --no-install-recommends mmdebstrap linux-source-6.12`,
    );
  },
);

t.test('it is there, on whatever mirror', { skip }, async (t) => {
  withSources(t, `${main}deb http://mirror.example/security bookworm-security main\n`);
  t.equal(await lacksSecuritySource(packages, 'bookworm'), false);
  t.equal(
    await installCommand(packages, 'bookworm'),
    'sudo apt-get install --no-install-recommends mmdebstrap linux-source-6.12',
  );
});

t.test('other packages and other releases do not need it', { skip }, async (t) => {
  withSources(t, main);
  t.equal(await lacksSecuritySource(['mmdebstrap'], 'bookworm'), false);
  t.equal(await lacksSecuritySource(packages, 'trixie'), false);
});

t.test('the line is one that APT takes', { skip }, async (t) => {
  withSources(t, main + securitySource.line);
  t.equal(await lacksSecuritySource(packages, 'bookworm'), false);
});
