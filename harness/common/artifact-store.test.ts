import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { contentId, ensureArtifact, listArtifacts, readArtifact } from './artifact-store.js';
import { Interrupted } from './errors.js';

const { signal } = new AbortController();
const id = contentId(['an input']);
type Manifest = { n: number };

/** A store, and a build that counts how often it was wanted. */
function prepare(t: Test, dir = t.testdir()) {
  const store = path.join(dir, 'store');
  const built: string[] = [];
  const build = async (dir: string): Promise<Manifest> => {
    await writeFile(path.join(dir, 'data'), 'content');
    built.push(dir);
    return { n: built.length };
  };
  const ensure = (over: Partial<Parameters<typeof ensureArtifact<Manifest>>[0]> = {}) =>
    ensureArtifact({ store, id, build, signal, ...over });
  return { store, built, build, ensure };
}
const entries = (store: string) => readdirSync(store).filter((name) => !name.endsWith('.lock'));

t.test('an artifact is built once and then looked up', async (t) => {
  const { store, built, ensure } = prepare(t);
  const dir = path.join(store, id);
  t.strictSame(await ensure(), { id, dir, manifest: { n: 1 }, cached: false });
  t.strictSame(await ensure(), { id, dir, manifest: { n: 1 }, cached: true });
  t.equal(built.length, 1);
  t.same(readdirSync(dir).sort(), ['contents.json', 'data', 'manifest.json']);
});

t.test('of two that want the same at the same time one builds', async (t) => {
  const { built, ensure } = prepare(t);
  const both = await Promise.all([ensure(), ensure()]);
  t.same(both.map(({ cached }) => cached).sort(), [false, true]);
  t.equal(built.length, 1);
});

t.test('a build that fails leaves nothing, and its error is told', async (t) => {
  const { store, build, ensure } = prepare(t);
  const error = new Error('does not compile');
  const failing = (dir: string) => build(dir).then(() => Promise.reject(error));
  await t.rejects(ensure({ build: failing }), error);
  t.same(entries(store), []);
  t.match(await ensure(), { cached: false });
});

t.test('a build that is stopped leaves nothing', async (t) => {
  const { store, build, ensure } = prepare(t);
  const stop = new AbortController();
  const stopped = async (dir: string) => {
    await build(dir);
    stop.abort();
    throw new Interrupted();
  };
  await t.rejects(ensure({ build: stopped, signal: stop.signal }), new Interrupted());
  t.same(entries(store), []);
});

t.test('one whose manifest is damaged is built again', async (t) => {
  const { store, built, ensure } = prepare(t);
  await ensure();
  writeFileSync(path.join(store, id, 'manifest.json'), '{"n": 1');
  writeFileSync(path.join(store, id, 'left-over'), '');
  t.equal(await readArtifact(store, id), undefined);
  t.match(await ensure(), { cached: false, manifest: { n: 2 } });
  t.equal(built.length, 2);
  t.same(readdirSync(path.join(store, id)).sort(), ['contents.json', 'data', 'manifest.json']);
});

for (const [what, damage] of Object.entries({
  changed: (file: string) => writeFileSync(file, 'Content'),
  'cut off': (file: string) => writeFileSync(file, 'cont'),
  gone: (file: string) => rmSync(file),
}))
  t.test(`one of which a file is ${what} is built again, and says so`, async (t) => {
    const { store, built, ensure } = prepare(t);
    await ensure();
    damage(path.join(store, id, 'data'));
    t.equal(await readArtifact(store, id), undefined);
    const said: string[] = [];
    t.match(await ensure({ progress: (line) => said.push(line) }), { cached: false, manifest: { n: 2 } });
    t.equal(built.length, 2);
    t.same(said, [`data of ${id} is damaged: building it again`]);
    t.match(await ensure(), { cached: true });
  });

t.test('one that was copied is as good, and one whose list of contents is damaged is not', async (t) => {
  const { store, ensure } = prepare(t);
  await ensure();
  const file = path.join(store, id, 'data');
  utimesSync(file, 1, 1);
  t.match(await ensure(), { cached: true });
  writeFileSync(path.join(store, id, 'contents.json'), '{');
  t.match(await ensure(), { cached: false });
});

t.test('what a dead process left half-made is swept, but only of the same artifact', async (t) => {
  const { store, ensure } = prepare(t);
  for (const name of [`${id}.half-made-00ff00ff`, `${'f'.repeat(16)}.half-made-00ff00ff`, id])
    mkdirSync(path.join(store, name), { recursive: true });
  await ensure();
  t.same(entries(store).sort(), [id, `${'f'.repeat(16)}.half-made-00ff00ff`].sort());
});

t.test('a disk that is full is the host’s trouble', async (t) => {
  const { store, ensure } = prepare(t);
  const build = () => writeFile('/dev/full', 'x').then(() => ({ n: 1 }));
  await t.rejects(ensure({ build }), {
    blame: 'host',
    message: `cannot write to ${store}: ENOSPC: no space left on device, write`,
    remedy: 'free space there, or point XDG_CACHE_HOME to a writable folder with 15 GB free',
  });
});

t.test('a store that may not be written is the host’s trouble', async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'p2plab-test-')); // a checkout below /root is out of nobody's reach
  t.teardown(() => rmSync(dir, { recursive: true }));
  chmodSync(dir, 0o755);
  const { store, ensure } = prepare(t, dir);
  mkdirSync(store);
  const [root, nobody] = [0, 65534];
  // root may write anywhere
  const asRoot = process.geteuid?.() === root;
  chmodSync(store, 0o555);
  if (asRoot) process.seteuid!(nobody);
  try {
    await t.rejects(ensure(), {
      blame: 'host',
      message:
        /^could not lock .*: (?:flock: cannot open lock file .*: Permission denied|spawn flock EACCES)$/,
    });
    const deeper = path.join(store, 'deeper');
    await t.rejects(ensure({ store: deeper }), {
      blame: 'host',
      message: `cannot write to ${deeper}: EACCES: permission denied, mkdir '${deeper}'`,
    });
  } finally {
    if (asRoot) process.seteuid!(root);
  }
});

t.test('the list has what is finished, newest first', async (t) => {
  const { store, ensure } = prepare(t);
  const ids = ['a', 'b', 'c'].map((input) => contentId([input]));
  for (const [n, each] of ids.entries()) {
    const { dir } = await ensure({ id: each });
    utimesSync(dir, 1000 + n, 1000 + n);
  }
  mkdirSync(path.join(store, 'f'.repeat(16)));
  mkdirSync(path.join(store, 'by-hand'));
  t.same(
    (await listArtifacts<Manifest>(store)).map((artifact) => artifact.id),
    ids.toReversed(),
  );
  t.same(await listArtifacts(path.join(store, 'absent')), []);
});

t.test('an id tells where one input ends and the next begins', async (t) => {
  t.match(id, /^[0-9a-f]{16}$/);
  t.not(contentId(['ab', 'c']), contentId(['a', 'bc']));
  t.not(contentId(['a']), contentId(['a', '']));
  t.equal(contentId(['é']), contentId([Buffer.from('é')]));
});
