import { execa } from 'execa';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { cacheDir } from '../../common/paths.js';
import { ensureKernel } from '../../kernel/ensure-kernel.js';
import { filesBelow, main, readRun } from '../run-p2plab.test.support.js';

t.setTimeout(600_000);

t.test('two runs at once in one folder, of which neither has the image', async (t) => {
  const dir = t.testdir({ cwd: {} });
  const cache = path.join(dir, 'cache/p2plab');
  const { signal } = new AbortController();
  const kernel = await ensureKernel('p2pmem-6.12', { extraPatches: [], signal });
  const cached = [
    path.dirname(kernel.bzImage),
    ...['probes', 'definitions'].map((name) => path.join(cacheDir(), name)),
  ];
  for (const from of cached.filter((name) => existsSync(name)))
    await cp(from, path.join(cache, path.relative(cacheDir(), from)), { recursive: true });
  const env = { XDG_CACHE_HOME: path.join(dir, 'cache'), XDG_STATE_HOME: path.join(dir, 'state') };
  const args = [main, 'run', 'p2pmem-allocate', '--set', 'provider=shm0', '--jobs', '1'];
  const run = () =>
    execa(process.execPath, args, { cwd: path.join(dir, 'cwd'), env, reject: false, stdin: 'ignore' });

  const ends = await Promise.all([run(), run()]);
  for (const { exitCode, stdout, stderr } of ends) t.equal(exitCode, 0, `${stdout}${stderr}`);
  const waited = ends.map(({ stdout }) =>
    stdout.includes('image: waiting for another process that builds the same'),
  );
  t.strictSame(waited.sort(), [false, true], 'one builds the image, the other says that it waits');
  t.equal(readdirSync(path.join(cache, 'images')).filter((name) => /^[0-9a-f]{16}$/.test(name)).length, 1);
  t.strictSame(
    filesBelow(cache).filter((name) => /half-made/.test(name)),
    [],
  );
  const folders = readdirSync(path.join(dir, 'cwd/p2plab-runs'));
  t.equal(folders.length, 2);
  for (const folder of folders)
    t.match(readRun(path.join(dir, 'cwd/p2plab-runs', folder)), {
      state: 'finished',
      results: [{ outcome: 'pass' }],
    });
  const history = readFileSync(path.join(dir, 'state/p2plab/history.jsonl'), 'utf8').trimEnd().split('\n');
  t.strictSame(
    history.map((line) => (JSON.parse(line) as { outcome: string }).outcome),
    ['pass', 'pass'],
  );
});
