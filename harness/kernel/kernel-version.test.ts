import t from 'tap';
import { isAtLeast, versionOfMakefile } from './kernel-version.js';

t.test('the version of a Makefile', async (t) => {
  t.equal(versionOfMakefile('# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 7\n'), '6.12');
  t.equal(versionOfMakefile('VERSION = 6\nall:\n'), undefined);
});

t.test('releases and versions', async (t) => {
  t.equal(isAtLeast('6.1.192', [6, 2]), false);
  t.equal(isAtLeast('6.2.0-rc1+', [6, 2]), true);
  t.equal(isAtLeast('6.12.117', [6, 2]), true);
  t.equal(isAtLeast('7.0', [6, 2]), true);
  t.equal(isAtLeast('5.19.0', [6, 2]), false);
  t.equal(isAtLeast('unknown', [6, 2]), undefined);
});
