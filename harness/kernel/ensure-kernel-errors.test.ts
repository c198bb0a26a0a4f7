import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { ensureKernel, kernelStore } from './ensure-kernel.js';
import { fakeKernel, mainPatch } from './fake-kernel.test.helper.js';

const dir = t.testdir();
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
const signal = new AbortController().signal;
const fake = await fakeKernel(dir);
const tarball = path.join(dir, 'linux-fake.tar');

async function failure(nameOrPath: string, extraPatches: string[] = []): Promise<HarnessError> {
  const error = await ensureKernel(nameOrPath, { extraPatches, signal }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof HarnessError) return error;
  throw new Error('no HarnessError', { cause: error });
}

async function patchFile(name: string, text: string): Promise<string> {
  await writeFile(path.join(dir, name), text);
  return path.join(dir, name);
}

t.test('a patch that does not apply: which hunk, and against what', async (t) => {
  const patch = await patchFile('stale.patch', mainPatch('int gone;', 'int here;'));
  const error = await failure(fake.definition, [patch]);
  t.equal(error.blame, 'scenario');
  t.equal(
    error.message,
    `${patch}: hunk 1 of 1 for init/main.c does not apply (@@ -1,3 +1,3 @@ start); against ${tarball} plus the 1 patch before it`,
  );
  t.match(await readFile(error.evidence!, 'utf8'), /while searching for:\nint one;\nint gone;/);
});

t.test('a patch that is in the source already', async (t) => {
  const patch = await patchFile('again.patch', mainPatch('int two;', 'int patched;'));
  const error = await failure(fake.definition, [patch]);
  t.match(error.message, /plus the 1 patch before it, because it is in there already$/);
  t.equal(error.remedy, 'drop the patch');
});

t.test('a patch for a file that is not there, and one that is no patch', async (t) => {
  const other = await patchFile('other.patch', mainPatch('int two;', 'int 2;').replaceAll('main.c', 'no.c'));
  const against = `; against ${tarball} plus the 1 patch before it`;
  t.equal(
    (await failure(fake.definition, [other])).message,
    `${other}: init/no.c: does not exist in the source${against}`,
  );
  const none = await patchFile('none.patch', 'hello\n');
  t.equal(
    (await failure(fake.definition, [none])).message,
    `${none}: No valid patches in input (allow with "--allow-empty")${against}`,
  );
});

t.test('code that does not compile: the compiler’s line, and the log stays', async (t) => {
  const patch = await patchFile('bad.patch', mainPatch('int patched;', 'int = 3;'));
  const error = await failure(fake.definition, [patch]);
  t.equal(error.blame, 'scenario');
  t.match(
    error.message,
    `compiling ${fake.definition} failed: init/main.c:2:5: error: expected identifier or ‘(’ before ‘=’ token`.replace(
      /[‘’]/g,
      "'",
    ),
  );
  t.match(await readFile(error.evidence!, 'utf8'), /CC {6}init\/main\.o/);
  t.same(await readdir(kernelStore()).then((names) => names.filter((name) => !name.endsWith('.lock'))), []);
});

t.test('without --patch a failing build is not the user’s fault', async (t) => {
  await writeFile(path.join(dir, 'series/one/0001-two.patch'), mainPatch('int two;', 'int = 3;'));
  const error = await failure(fake.definition);
  t.equal(error.blame, 'harness');
  await writeFile(path.join(dir, 'series/one/0001-two.patch'), mainPatch('int two;', 'int patched;'));
});

t.test('symbols that do not survive are all listed', async (t) => {
  await writeFile(path.join(dir, 'config/more.config'), '# comment\nCONFIG_NOPE=y\nCONFIG_LATER=y\n');
  const definition = path.join(dir, 'more.yaml');
  await writeFile(definition, 'source: { tarball: linux-fake.tar }\nconfig: [base, more]\n');
  const error = await failure(definition);
  const fragment = path.join(dir, 'config/more.config');
  t.equal(error.blame, 'scenario');
  t.equal(
    error.message,
    `${fragment}:2: CONFIG_NOPE=y did not survive: the source has no such symbol\n` +
      `${fragment}:3: CONFIG_LATER=y did not survive: a symbol it depends on is off (see drivers/Kconfig:3)`,
  );
});

t.test('a Debian package that is not installed', async (t) => {
  const definition = path.join(dir, 'debian.yaml');
  await writeFile(definition, 'source: { debian: linux-source-0.1 }\nconfig: [base]\n');
  const error = await failure(definition);
  t.equal(error.blame, 'host');
  t.equal(
    error.message,
    'the Debian package linux-source-0.1, the kernel’s source, is not installed'.replace('’', "'"),
  );
  t.match(error.remedy, /^apt-get install linux-source-0\.1/);
});

t.test('a source that is not there, or not clean', async (t) => {
  const definition = path.join(dir, 'tree.yaml');
  await writeFile(definition, 'source: { tree: nowhere }\nconfig: [base]\n');
  const probe = path.join(dir, 'nowhere/scripts/kconfig/merge_config.sh');
  const want = 'an unpacked kernel source (with scripts/kconfig/merge_config.sh)';
  t.match((await failure(definition)).message, `tree.yaml:1:17: want ${want}, found no ${probe}`);
  await writeFile(definition, 'source: { tree: linux-fake }\nconfig: [base]\n');
  await writeFile(path.join(fake.tree, '.config'), '');
  t.match(
    (await failure(definition)).message,
    `tree.yaml:1:17: want a clean source (make mrproper), found ${fake.tree}/.config`,
  );
});

t.test('what is given is no kernel', async (t) => {
  t.match(
    (await failure('p2pmem-6.13')).message,
    /^no kernel and no file named p2pmem-6\.13, did you mean p2pmem-6\.12\?$/,
  );
  t.equal((await failure(tarball)).message, `${tarball} is no bzImage (no setup header of an x86 kernel)`);
  t.equal(
    (await failure(dir)).message,
    `${dir} is no kernel build directory: it has no arch/x86/boot/bzImage`,
  );
  t.equal(
    (await failure(tarball, ['x.patch'])).message,
    `--patch cannot change ${tarball}: it is built already`,
  );
  t.match((await failure(fake.definition, ['no.patch'])).message, /^cannot read the patch no\.patch: ENOENT/);
  await appendFile(fake.definition, 'extra: 1\n');
  t.match((await failure(fake.definition)).message, /fake\.yaml:4:1: unknown key extra, want /);
});
