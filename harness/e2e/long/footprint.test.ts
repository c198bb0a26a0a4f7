import { execa } from 'execa';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { cacheDir } from '../../common/paths.js';
import { ensureImage } from '../../image/ensure-image.js';
import { ensureKernel } from '../../kernel/ensure-kernel.js';
import { named, processesOf } from '../processes-of.test.support.js';
import { filesBelow, main, qemusOf } from '../run-p2plab.test.support.js';

// What a run leaves, and where. Everything but a folder of the test's own is read-only to it.

t.setTimeout(600_000);
const { signal } = new AbortController();
const isRoot = process.getuid?.() === 0;
const skip = isRoot ? false : 'mounts need root';

/**
 * Runs a command with every mount read-only (mount(8), a bind remount) but for one folder, and without what tap has all
 * processes write beside the tests.
 */
const onlyWriting = `
mount --make-rprivate / && mount --bind "$1" "$1"
findmnt --raw --noheadings --output TARGET | while read -r mount; do
  [ "$mount" = "$1" ] || mount -o remount,bind,ro "$mount" 2>/dev/null || true
done
touch /var/tmp/p2plab-is-read-only 2>/dev/null && exit 90
cd "$1/cwd" && shift && unset NODE_OPTIONS && exec "$@"`;

const secret = /(?:^|\/)(?:ssh_|authorized_keys)/;
const scratch = /\.disk$|\.bar$|\.sock$/;

/** A cache with what the run needs, and all places that a program may think of. */
async function place(t: Test) {
  const dir = t.testdir({ ...{ home: {}, config: {}, data: {}, runtime: {}, tmp: {}, cwd: {}, state: {} } });
  const cache = path.join(dir, 'cache/p2plab');
  const kernel = await ensureKernel('p2pmem-6.12', { extraPatches: [], signal });
  const image = await ensureImage('base', { signal });
  const used = [path.dirname(kernel.bzImage), path.dirname(image.rootfs)];
  for (const name of ['probes', 'definitions', 'plugins']) used.push(path.join(cacheDir(), name));
  for (const from of used.filter((name) => existsSync(name)))
    await cp(from, path.join(cache, path.relative(cacheDir(), from)), { recursive: true });
  const of = (name: string) => path.join(dir, name);
  const env = {
    ...{ HOME: of('home'), TMPDIR: of('tmp'), XDG_CACHE_HOME: of('cache'), XDG_STATE_HOME: of('state') },
    ...{ XDG_CONFIG_HOME: of('config'), XDG_DATA_HOME: of('data'), XDG_RUNTIME_DIR: of('runtime') },
  };
  const p2plab = (...args: string[]) =>
    execa('unshare', ['--mount', 'sh', '-c', onlyWriting, 'sh', dir, process.execPath, main, ...args], {
      ...{ env, reject: false, stdin: 'ignore' },
    });
  return { dir, out: of('cwd/run'), p2plab, cached: new Set(filesBelow(cache)), cache };
}
type Place = Awaited<ReturnType<typeof place>>;

const run = ['run', 'p2pmem-allocate', '--set', 'provider=shm0', '--jobs', '1', '--out', 'run'];
const machineOf = ({ out }: Place) => path.join(out, 'results/p2pmem-allocate.provider=shm0/host');
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

function onlyThere(t: Test, { dir, cache, cached }: Place, state: string[]) {
  for (const name of ['home', 'config', 'data', 'runtime', 'tmp'])
    t.strictSame(filesBelow(path.join(dir, name)), [], `nothing in ${name}`);
  t.strictSame(readdirSync(path.join(dir, 'cwd')), ['run'], 'nothing beside the run folder');
  t.strictSame(
    filesBelow(cache).filter(
      (name) => !cached.has(name) && !/^(?:probes|definitions|plugins|logs)\b/.test(name),
    ),
    [],
    'no kernel or image more in the cache',
  );
  t.strictSame(filesBelow(path.join(dir, 'state/p2plab')).sort(), state);
}

t.test('a run leaves its folder and a line of history, and no key', { skip }, async (t) => {
  const at = await place(t);
  const { exitCode, stdout, stderr } = await at.p2plab(...run);
  t.equal(exitCode, 0, `${stdout}${stderr}`);
  t.equal(stderr, '');
  onlyThere(t, at, ['history.jsonl', 'running']);
  const left = filesBelow(at.out);
  t.strictSame(
    left.filter((name) => secret.test(name) || scratch.test(name)),
    [],
  );
  t.strictSame(
    left.filter((name) => statSync(path.join(at.out, name)).mode & 0o022),
    [],
    'nothing that others may write',
  );
});

t.test('with --keep the keys stay, for their owner alone, until the VM is stopped', { skip }, async (t) => {
  const at = await place(t);
  const { exitCode, stdout, stderr } = await at.p2plab(...run, '--keep');
  t.equal(exitCode, 0, `${stdout}${stderr}`);
  const [pid] = qemusOf(at.out);
  t.teardown(() => qemusOf(at.out).forEach((left) => process.kill(left, 'SIGKILL')));
  t.ok(pid !== undefined, 'it runs on');
  const keys = readdirSync(machineOf(at)).filter((name) => secret.test(name));
  t.strictSame(keys.sort(), ['authorized_keys', 'ssh_host_key', 'ssh_key']);
  for (const name of keys) t.equal(modeOf(path.join(machineOf(at), name)), '600', name);
  const notes = filesBelow(path.join(at.dir, 'state/p2plab/vms'));
  onlyThere(t, at, ['history.jsonl', 'running', 'vms', ...notes.map((name) => `vms/${name}`)]);
  t.notMatch(readFileSync(path.join(at.dir, 'state/p2plab/vms', notes[0]!), 'utf8'), 'PRIVATE KEY');

  const listed = await at.p2plab('vms');
  t.match(listed.stdout, `runs (pid ${pid})  p2pmem-allocate [provider=shm0] host`);
  t.equal((await at.p2plab('vms', 'stop')).exitCode, 0);
  t.strictSame(processesOf(at.dir), [], named(processesOf(at.dir)).join('; '));
  t.strictSame(
    filesBelow(at.out).filter((name) => secret.test(name) || scratch.test(name)),
    [],
  );
  onlyThere(t, at, ['history.jsonl', 'running', 'vms']);
});
