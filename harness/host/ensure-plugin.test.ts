import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { ensurePlugin } from './ensure-plugin.js';

const { signal } = new AbortController();
const dir = t.testdir();
process.env.XDG_CACHE_HOME = dir;

t.test('the plugin compiles without a warning, and is looked up the next time', async (t) => {
  const plugin = await ensurePlugin('executed-blocks', signal);
  t.match(plugin, new RegExp(`^${dir}/p2plab/plugins/[0-9a-f]{16}/executed-blocks\\.so$`));
  const { mtimeMs } = statSync(plugin);
  t.equal(await ensurePlugin('executed-blocks', signal), plugin);
  t.equal(statSync(plugin).mtimeMs, mtimeMs);
});

t.test('another header makes another plugin', async (t) => {
  const source = readFileSync(path.join(packageRoot, 'harness/host/plugins/executed-blocks.c'), 'utf8');
  const header = readFileSync(path.join(packageRoot, 'harness/host/plugins/qemu-plugin-api.h'), 'utf8');
  const sources = t.testdir({ 'executed-blocks.c': source, 'qemu-plugin-api.h': `${header}\n` });
  t.not(
    await ensurePlugin('executed-blocks', signal, sources),
    await ensurePlugin('executed-blocks', signal),
  );
});

t.test('what does not compile is told with its first error', async (t) => {
  const sources = t.testdir({ 'bad.c': 'nonsense;\n' });
  await t.rejects(ensurePlugin('bad', signal, sources), {
    blame: 'host',
    message: /^the QEMU plugin .*bad\.c does not compile: .*bad\.c:1:1: error: /,
    remedy: /^see what this says: gcc /,
  });
});

t.test('without a compiler it is said what to install', async (t) => {
  const { PATH } = process.env;
  t.teardown(() => (process.env.PATH = PATH));
  process.env.PATH = t.testdirName;
  const sources = t.testdir({
    'x.c': '',
    flock: t.fixture('symlink', '/usr/bin/flock'),
    sh: t.fixture('symlink', '/bin/sh'),
    cat: t.fixture('symlink', '/bin/cat'),
  });
  await t.rejects(ensurePlugin('x', signal, sources), {
    blame: 'host',
    message: `there is no compiler (gcc) for the QEMU plugin ${sources}/x.c`,
    remedy: 'apt-get install gcc libc6-dev',
  });
});
