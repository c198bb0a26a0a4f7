import { execa } from 'execa';
import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { Interrupted } from '../common/errors.js';
import { ensureImage } from './ensure-image.js';

const originalPath = process.env.PATH;
const { signal } = new AbortController();

/** An image, an empty cache, and tools that do as told, first in PATH. */
function prepare(dir: string) {
  for (const tool of readdirSync(path.join(dir, 'bin'))) chmodSync(path.join(dir, 'bin', tool), 0o755);
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  process.env.PATH = `${path.join(dir, 'bin')}:${originalPath}`;
  return { image: path.join(dir, 'x.yaml'), cache: path.join(dir, 'cache/p2plab') };
}
const withTool = (mmdebstrap: string) => ({
  bin: { mmdebstrap: `#!/bin/sh\n${mmdebstrap}` },
  'x.yaml': 'packages: [fio, nonsense]\n',
});

t.test('a package that Debian does not have', async (t) => {
  const says = 'E: Unable to locate package nonsense\nE: mmdebstrap failed to run';
  const { image, cache } = prepare(t.testdir(withTool(`echo "${says}" >&2\nexit 1\n`)));
  const error = await ensureImage(image, { signal }).catch((e: unknown) => e);
  t.match(error, { blame: 'scenario', message: 'image x: Debian has no package nonsense' });
  t.match(readFileSync((error as { evidence: string }).evidence, 'utf8'), /Unable to locate/);
  t.strictSame(
    readdirSync(path.join(cache, 'images')).filter((name) => !name.endsWith('.lock')),
    [],
    'nothing half made stays',
  );
});

t.test('mmdebstrap fails', async (t) => {
  const { image } = prepare(
    t.testdir(withTool('echo "E: no space"; echo "I: removing tempdir /x"; exit 2\n')),
  );
  await t.rejects(ensureImage(image, { signal }), {
    blame: 'host',
    message: 'mmdebstrap could not make image x: no space',
  });
});

t.test('an abort ends mmdebstrap and all its children', async (t) => {
  const stay = 'sleep 4711.25 &\ntouch "${0%/*}/started"\nwait\n';
  const { image } = prepare(t.testdir(withTool(stay)));
  const started = path.join(path.dirname(image), 'bin/started');
  const stop = new AbortController();
  const ending = ensureImage(image, { signal: stop.signal }).catch((e: unknown) => e);
  while (!existsSync(started)) await wait(20);
  stop.abort();
  t.ok((await ending) instanceof Interrupted);
  t.equal((await execa('pgrep', ['-f', '^sleep 4711.25$'], { reject: false })).stdout, '');
});
