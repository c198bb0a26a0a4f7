import path from 'node:path';
import t from 'tap';
import { imagesDir, loadRecipe } from './load-recipe.js';

t.test('base: its sources are in the package', async (t) => {
  const base = await loadRecipe('base');
  t.equal(base.name, 'base');
  t.ok(base.packages.includes('fio'));
  t.strictSame(base.overlay, [{ from: path.join(imagesDir, 'overlay'), to: '/' }]);
  t.strictSame(base.programs, [
    path.join(imagesDir, 'programs/p2pmem-map.c'),
    path.join(imagesDir, 'programs/blkpg.c'),
  ]);
});

t.test('what an image adds comes after what it extends', async (t) => {
  const dir = t.testdir({
    'mine.yaml': 'extends: ./middle.yaml\npackages: [ethtool, fio]\noverlay: [files]\nprograms: [probe.c]\n',
    'middle.yaml': 'extends: base\npackages: [strace]\n',
    files: { etc: { motd: 'hello' } },
    'probe.c': 'int main(void) { return 0; }\n',
  });
  const [base, mine] = [await loadRecipe('base'), await loadRecipe(path.join(dir, 'mine.yaml'))];
  t.equal(mine.name, 'mine');
  t.strictSame(mine.packages, [...base.packages, 'ethtool', 'strace'].sort(), 'each once');
  t.strictSame(mine.overlay, [...base.overlay, { from: path.join(dir, 'files'), to: '/' }]);
  t.strictSame(mine.programs, [...base.programs, path.join(dir, 'probe.c')]);
});

t.test('an image that is not there', async (t) => {
  await t.rejects(loadRecipe('bsae'), {
    blame: 'scenario',
    message: `no image "bsae": there is no ${path.join(imagesDir, 'bsae.yaml')}`,
  });
});

t.test('images that extend each other', async (t) => {
  const dir = t.testdir({ 'a.yaml': 'extends: ./b.yaml\n', 'b.yaml': 'extends: ./a.yaml\n' });
  await t.rejects(loadRecipe(path.join(dir, 'a.yaml')), {
    blame: 'scenario',
    message: /^images extend each other: \S+a\.yaml -> \S+b\.yaml -> \S+a\.yaml$/,
  });
});
