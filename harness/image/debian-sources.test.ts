import t from 'tap';
import { debianSources, parseIndexes } from './debian-sources.js';
import { networkOptions } from './host-apt.js';

const mirror = `Types: deb deb-src
# kept: the user's snapshot
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg`;

const node = `Types: deb
URIs: https://deb.nodesource.com/node_20.x
Suites: nodistro
Components: main`;

const indexes = parseIndexes(
  [
    'http://mirror.example/debian/|bookworm|Debian',
    'http://mirror.example/debian/|bookworm-updates|Debian',
    'https://deb.nodesource.com/node_20.x/|nodistro|. nodistro',
    'https://packages.cloud.google.com/apt/|cloud-sdk-bookworm|cloud-sdk-bookworm',
    'http://unread.example/|x|$(ORIGIN)',
    '',
  ].join('\n'),
);

t.test('stanzas of Debian are kept word for word, others are left out', async (t) => {
  const files = [{ name: '/etc/apt/sources.list.d/a.sources', text: `${mirror}\n\n${node}\n` }];
  t.strictSame(debianSources(files, indexes), { lines: [], stanzas: `${mirror}\n` });
});

t.test('one-line entries, with options and comments', async (t) => {
  const text = [
    '# deb http://mirror.example/debian bookworm-old main',
    'deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main # mine',
    'deb-src http://mirror.example/debian bookworm main',
    'deb https://packages.cloud.google.com/apt cloud-sdk-bookworm main',
  ];
  t.strictSame(debianSources([{ name: '/etc/apt/sources.list', text: text.join('\n') }], indexes), {
    lines: ['deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main'],
    stanzas: '',
  });
});

t.test('a stanza that is switched off', async (t) => {
  const files = [{ name: 'a.sources', text: `Enabled: no\n${mirror}` }];
  t.strictSame(debianSources(files, indexes), { lines: [], stanzas: '' });
});

t.test('before the first apt-get update the origin is told by names', async (t) => {
  const files = [
    { name: 'a.sources', text: `${mirror}\n\n${node}\n` },
    {
      name: 'b.list',
      text: 'deb http://deb.debian.org/debian bookworm main\ndeb http://other.example/x y main\n',
    },
  ];
  t.strictSame(debianSources(files, []), {
    lines: ['deb http://deb.debian.org/debian bookworm main'],
    stanzas: `${mirror}\n`,
  });
});

t.test('of the APT settings, those of the network', async (t) => {
  const dump = [
    'Acquire "";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://proxy:3128";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages:: "none";',
    'Acquire::IndexTargets::deb::Packages::MetaKey "x";',
  ];
  t.strictSame(networkOptions(dump.join('\n')), [
    'Acquire::http::Proxy "http://proxy:3128";',
    'Acquire::Check-Valid-Until "false";',
  ]);
});
