import { execa } from 'execa';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { exportedFunctions, stubLibraries } from './stub-libraries.js';

const { signal } = new AbortController();

/** A tree with a library of two versions, and a program that is linked with it and calls it only when told to. */
async function treeWith(t: Test) {
  const dir = t.testdir({
    'lib.c': `int plain(void) { return 1; }
int old_twice(void) { return 2; } int new_twice(void) { return 3; }
__asm__(".symver old_twice,twice@V_1"); __asm__(".symver new_twice,twice@@V_2");\n`,
    'lib.map': 'V_1 { global: plain; local: *; }; V_2 { } V_1;\n',
    'main.c':
      'int plain(void), twice(void); int main(int n, char **v) { return n > 1 ? plain() + twice() : 0; }\n',
  });
  const libraries = path.join(dir, 'tree/usr/lib/x86_64-linux-gnu');
  mkdirSync(libraries, { recursive: true });
  const gcc = (...argv: string[]) => execa('gcc', argv, { cwd: dir });
  const real = path.join(libraries, 'libx.so.1.0.0');
  await gcc('-shared', '-fPIC', '-Wl,-soname,libx.so.1,--version-script=lib.map', '-o', real, 'lib.c');
  symlinkSync('libx.so.1.0.0', path.join(libraries, 'libx.so.1'));
  await gcc('-o', 'main', 'main.c', real, '-Wl,-z,now'); // as Debian links fio: all symbols are looked for at once
  const run = (...args: string[]) =>
    execa(path.join(dir, 'main'), args, { reject: false, env: { LD_LIBRARY_PATH: libraries } });
  const place = { dir, tree: path.join(dir, 'tree'), log: path.join(dir, 'log'), signal };
  return { libraries, run, place };
}

t.test('a program starts without the library, and ends where it would call it', async (t) => {
  const { libraries, run, place } = await treeWith(t);
  t.match(await run('call'), { exitCode: 4 });
  await stubLibraries(['libx.so.1'], place);
  t.strictSame(readdirSync(libraries), ['libx.so.1']);
  t.match(await run(), { exitCode: 0, stderr: '' });
  t.match(await run('call'), { signal: 'SIGILL' });
  t.notOk(existsSync(path.join(place.dir, 'stub.s')));
});

t.test('a library that is not there', async (t) => {
  const { place } = await treeWith(t);
  await t.rejects(stubLibraries(['liby.so.1'], place), {
    blame: 'scenario',
    message: 'stubs: no package of the image brings /usr/lib/x86_64-linux-gnu/liby.so.1',
    remedy: 'take it out of stubs, or add the package that has it',
  });
});

t.test('nothing outside the tree is replaced', async (t) => {
  const { libraries, place } = await treeWith(t);
  const outside = path.join(place.dir, 'outside');
  writeFileSync(outside, '');
  symlinkSync(outside, path.join(libraries, 'liby.so.1'));
  await t.rejects(stubLibraries(['liby.so.1'], place), { message: /no package of the image brings/ });
  t.ok(existsSync(outside));
});

t.test('functions of a listing, with their versions; no data, no versions themselves', (t) => {
  const listing = `0000000000000000 A GFAPI_6.0@@GFAPI_6.0
000000000000a0f0 T glfs_close@@GFAPI_3.4.0
000000000000a200 T glfs_fsync@GFAPI_3.4.0
000000000000a210 T glfs_close
000000000000b000 W weak
000000000000b010 i chosen
000000000001c010 D data
                 U malloc@GLIBC_2.2.5`;
  t.strictSame(exportedFunctions(listing), [
    { name: 'glfs_close', version: 'GFAPI_3.4.0', isDefault: true },
    { name: 'glfs_fsync', version: 'GFAPI_3.4.0', isDefault: false },
    { name: 'weak', version: undefined, isDefault: true },
    { name: 'chosen', version: undefined, isDefault: true },
  ]);
  t.end();
});
