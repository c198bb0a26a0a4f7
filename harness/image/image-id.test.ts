import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { imageId } from './image-id.js';
import { loadRecipe } from './load-recipe.js';

const yaml = 'packages: [fio]\noverlay: [files]\nprograms: [probe.c]\n';
const files = () => ({
  'x.yaml': yaml,
  files: { etc: { motd: 'hello' }, run: '#!/bin/sh\n' },
  'probe.c': '#include "probe.h"\nint main(void) { return 0; }\n',
  'probe.h': '#include "deeper.h"\n',
  'deeper.h': '#include "probe.h"\n#include <stdio.h>\n',
});

t.test('the same content has the same id, wherever and whenever it was written', async (t) => {
  const [one, two] = [t.testdir({ a: files(), b: files() })].flatMap((dir) => [
    path.join(dir, 'a'),
    path.join(dir, 'b'),
  ]);
  utimesSync(path.join(two!, 'files/etc/motd'), 1, 1);
  writeFileSync(path.join(two!, 'x.yaml'), `# a comment\n${yaml}`);
  const ids = await Promise.all(
    [one, two].map(async (dir) => imageId(await loadRecipe(`${dir}/x.yaml`), 'bookworm')),
  );
  t.match(ids[0], /^[0-9a-f]{16}$/);
  t.equal(ids[0], ids[1]);
});

t.test('whatever goes in changes it', async (t) => {
  const dir = t.testdir(files());
  const id = async (suite = 'bookworm') => imageId(await loadRecipe(`${dir}/x.yaml`), suite);
  const seen = [await id(), await id('trixie')];
  const changes: [string, () => void][] = [
    ['content of a file', () => writeFileSync(`${dir}/files/etc/motd`, 'bye')],
    ['a new file', () => writeFileSync(`${dir}/files/new`, '')],
    ['a file made executable', () => chmodSync(`${dir}/files/run`, 0o755)],
    ['a header of a header of a C source', () => writeFileSync(`${dir}/deeper.h`, '')],
    ['a C source', () => writeFileSync(`${dir}/probe.c`, 'int main(void) { return 1; }\n')],
    ['a header that it may include', () => writeFileSync(`${dir}/probe.h`, '#define ANSWER 42\n')],
    ['a library', () => writeFileSync(`${dir}/x.yaml`, `${yaml}libraries: [probe.c]\n`)],
    ['the stubs', () => writeFileSync(`${dir}/x.yaml`, `${yaml}stubs: [libx.so.1]\n`)],
    ['the packages', () => writeFileSync(`${dir}/x.yaml`, yaml.replace('fio', 'fio, strace'))],
  ];
  for (const [what, change] of changes) {
    change();
    const now = await id();
    t.notOk(seen.includes(now), what);
    seen.push(now);
  }
});

t.test('a look-up is quick', async (t) => {
  const started = performance.now();
  await imageId(await loadRecipe('base'), 'bookworm');
  t.ok(performance.now() - started < 1000);
});
