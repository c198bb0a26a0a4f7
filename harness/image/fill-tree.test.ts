import { chmodSync, existsSync, readFileSync, readlinkSync } from 'node:fs';
import t from 'tap';
import { fillTree, versionsIn } from './fill-tree.js';
import { pathInTree } from './path-in-tree.js';

const busybox = '#!/bin/sh\nprintf "bin/sh\\nusr/bin/awk\\nusr/bin/fio\\n"\n';

t.test('packages become a root file system', async (t) => {
  const tree = t.testdir({
    usr: { bin: { busybox, fio: 'the real one', sh: 'dash' }, share: { doc: { fio: 'text' } } },
    bin: t.fixture('symlink', 'usr/bin'),
    var: { run: t.fixture('symlink', '/run') },
    etc: { dropbear: { dropbear_rsa_host_key: 'secret' } },
    p2plab: { 'debian-archives': 'fio_3.33-3_amd64.deb\n' },
    files: { bin: { tool: '#!/bin/sh\n' }, var: { run: { note: 'x' } } },
  });
  chmodSync(`${tree}/usr/bin/busybox`, 0o755);
  const overlay = [{ from: `${tree}/files`, to: '/' }];
  const recipe = { name: 'x', packages: [], programs: [], libraries: [], stubs: [], overlay };
  await fillTree(tree, recipe);

  t.equal(
    readFileSync(`${tree}/usr/bin/tool`, 'utf8'),
    '#!/bin/sh\n',
    'overlay files follow links of folders',
  );
  t.equal(readFileSync(`${tree}/run/note`, 'utf8'), 'x', 'but never out of the tree');
  t.notOk(existsSync('/run/note'));
  t.equal(readlinkSync(`${tree}/usr/bin/awk`), '/bin/busybox');
  t.equal(readFileSync(`${tree}/usr/bin/fio`, 'utf8'), 'the real one', "busybox takes no package's place");
  t.equal(readlinkSync(`${tree}/usr/bin/sh`), '/bin/busybox', 'except for sh');
  t.equal(readlinkSync(`${tree}/usr/local/bin`), '/p2plab/bin');
  t.notOk(existsSync(`${tree}/usr/share/doc`));
  t.notOk(existsSync(`${tree}/etc/dropbear`), 'no host key in an image');
  t.strictSame(await versionsIn(tree), { fio: '3.33-3' });
});

t.test('links that go round in circles', async (t) => {
  const tree = t.testdir({ a: t.fixture('symlink', '/b'), b: t.fixture('symlink', '/a') });
  await t.rejects(pathInTree(tree, '/a/x'), { message: /^too many links/ });
  t.equal(await pathInTree(tree, '../../c'), `${tree}/c`, 'no way out upwards');
});
