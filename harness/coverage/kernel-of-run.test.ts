import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { fakeKernel, mainPatch } from '../kernel/fake-kernel.test.helper.js';
import { readKernelRecipe } from '../kernel/kernel-recipe.js';
import { sourceOf, vmlinuxOf, type RunKernel } from './kernel-of-run.js';

const dir = t.testdir();
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
const { signal } = new AbortController();
const kernel = (over: Partial<RunKernel>): RunKernel => ({
  ...{ name: 'k', id: '0123456789abcdef', release: '6.12', buildId: 'ab', source: null, series: [], ...over },
});

t.test('the vmlinux of a kernel in the cache', async (t) => {
  const file = path.join(dir, 'cache/p2plab/kernels/0123456789abcdef/vmlinux');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  t.equal(await vmlinuxOf(kernel({}), signal), file);
});

t.test('a build folder that was built again since is not believed', async (t) => {
  const own = t.testdir({ vmlinux: 'another' });
  await t.rejects(vmlinuxOf(kernel({ name: own, id: 'fedcba9876543210' }), signal), {
    blame: 'scenario',
    message: `${own}/vmlinux is not what the run booted: its build id is not ab`,
  });
});

t.test('a bzImage has no vmlinux', async (t) => {
  const gone = path.join(dir, 'cache/p2plab/kernels/fedcba9876543210/vmlinux');
  await t.rejects(vmlinuxOf(kernel({ name: '/boot/bzImage', id: 'fedcba9876543210' }), signal), {
    blame: 'scenario',
    message: `there is no vmlinux of /boot/bzImage (fedcba9876543210): not ${gone}, not /boot/bzImage/vmlinux`,
  });
});

t.test(
  'the patches that a run had, its --patch last; not those of a definition that has changed',
  async (t) => {
    const fake = await fakeKernel(path.join(dir, 'fake'));
    const mine = path.join(dir, 'mine.patch');
    writeFileSync(mine, mainPatch('int patched;', 'int mine;'));
    const found = { name: fake.definition, file: fake.definition };
    const { id, applied } = await readKernelRecipe(found, { extraPatches: [mine], signal });
    const booted = kernel({ name: fake.definition, id, series: applied });
    const { patches } = await sourceOf(booted, signal);
    t.strictSame(
      patches.map(({ series, name }) => `${series} ${name}`),
      ['one 0001-two', '--patch mine'],
    );

    writeFileSync(mine, mainPatch('int patched;', 'int other;'));
    await t.rejects(sourceOf(booted, signal), {
      blame: 'scenario',
      message: new RegExp(
        `^the patches of ${fake.definition} have changed since the run: it had kernel ${id}, and now`,
      ),
    });
  },
);

t.test("a user's own build has no patches that are known", async (t) => {
  const own = t.testdir({});
  await t.rejects(sourceOf(kernel({ name: own }), signal), {
    blame: 'scenario',
    message: `the patches of ${own} are not known: p2plab did not build it`,
    remedy: 'name files with --file',
  });
});
