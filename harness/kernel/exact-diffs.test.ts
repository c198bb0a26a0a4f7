import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { readPatchedSource } from './exact-diffs.js';
import { fakeKernel } from './fake-kernel.test.helper.js';
import { readKernelRecipe } from './kernel-recipe.js';

const dir = t.testdir();
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
const { signal } = new AbortController();

t.test('a patch that applies with an offset has the line numbers that it got', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'fake'));
  const patch = path.join(dir, 'mine.patch');
  // written for a file in which that is line 40
  const text =
    '--- a/init/main.c\n+++ b/init/main.c\n@@ -39,2 +39,3 @@\n int patched;\n+int mine;\n int three;\n';
  await writeFile(patch, text);
  const extraPatches = [patch];
  const recipe = await readKernelRecipe({ name: 'fake', file: fake.definition }, { extraPatches, signal });
  const { diffs, textOf } = await readPatchedSource(recipe, signal);
  t.match(diffs, [
    { series: 'one', file: /0001-two\.patch$/, diff: /^@@ -2 \+2 @@.*\n-int two;\n\+int patched;$/m },
    { series: '--patch', file: patch, diff: /^@@ -2,0 \+3 @@.*\n\+int mine;$/m },
  ]);
  t.equal(await textOf('init/main.c'), 'int one;\nint patched;\nint mine;\nint three;\nvoid _start(void) {}');
  t.equal(await textOf('init/none.c'), undefined);
});
