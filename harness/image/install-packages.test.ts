import t from 'tap';
import { mmdebstrapArgs, packageVersions } from './install-packages.js';
import { lastWords } from './last-words.js';

t.test('sources, settings and packages reach mmdebstrap', async (t) => {
  const line = 'deb http://mirror.example/debian bookworm main';
  const apt = { sources: { lines: [line], stanzas: 'Types: deb\n' }, options: ['Acquire::Retries "3";'] };
  const place = { suite: 'bookworm', tar: '/b/packages.tar', apt, stanzas: '/b/debian.sources' };
  const args = mmdebstrapArgs(['dropbear-bin', 'fio'], place);
  t.ok(args.includes('--include=dropbear-bin,fio'));
  t.ok(args.includes('--aptopt=Acquire::Retries "3";'));
  t.strictSame(args.slice(-4), ['bookworm', '/b/packages.tar', line, '/b/debian.sources']);
  const without = mmdebstrapArgs(['fio'], {
    ...place,
    apt: { ...apt, sources: { lines: [line], stanzas: '' } },
  });
  t.strictSame(without.slice(-2), ['/b/packages.tar', line], 'no file of stanzas when there are none');
});

t.test('package versions by the names of the archives', async (t) => {
  const archives =
    'fio_3.33-3_amd64.deb\nlock\npartial\npciutils_1%3a3.9.0-4_amd64.deb\nlsb-base_11.6_all.deb\n';
  t.strictSame(packageVersions(archives), { fio: '3.33-3', pciutils: '1:3.9.0-4', 'lsb-base': '11.6' });
});

t.test('the line that says why', async (t) => {
  const output = [
    'I: downloading packages with apt...',
    'E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
    'E: apt-get --yes install failed',
    'I: main() received signal PIPE: waiting for setup...',
    'I: removing tempdir /tmp/mmdebstrap.6u49P2tfFr...',
    'E: mmdebstrap failed to run',
  ];
  t.equal(lastWords(output.slice(0, 2).concat(output.slice(3)).join('\n')), output[1]!.slice(3));
  t.equal(lastWords('\n'), 'it said nothing');
  t.equal(lastWords('one\ntwo\n'), 'two');
});
