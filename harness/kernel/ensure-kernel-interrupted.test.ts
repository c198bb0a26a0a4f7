import { execa } from 'execa';
import { access, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Interrupted } from '../common/errors.js';
import { ensureKernel, kernelStore } from './ensure-kernel.js';
import { fakeKernel, type FakeKernel } from './fake-kernel.test.helper.js';

const dir = t.testdir();
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
const helper = fileURLToPath(new URL('ensure-kernel-process.test.helper.js', import.meta.url));
const another = (fake: FakeKernel) => execa('node', [helper, fake.definition], { reject: false });

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`${what} did not happen`);
}

const heldPid = (fake: FakeKernel) =>
  eventually('compiling', async () => (await readFile(fake.holding, 'utf8')).trim() || undefined);

const gone = (pid: string) =>
  eventually(`the end of ${pid}`, async () =>
    access(`/proc/${pid}`).then(
      () => undefined,
      () => true,
    ),
  );

const finished = async () =>
  (await readdir(kernelStore())).filter((name) => !name.endsWith('.lock') && !name.includes('.half-made-'));

t.test('the signal ends the compilers and leaves nothing that looks finished', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'stopped'));
  await writeFile(fake.hold, '');
  const stop = new AbortController();
  const building = ensureKernel(fake.definition, { extraPatches: [], signal: stop.signal });
  const pid = await heldPid(fake);
  stop.abort();
  await t.rejects(building, new Interrupted());
  await t.rejects(access(`/proc/${pid}`), 'the compiler has ended before we return');
  t.same(await finished(), []);
  await rm(fake.hold);
  const { cached } = await ensureKernel(fake.definition, {
    extraPatches: [],
    signal: new AbortController().signal,
  });
  t.equal(cached, false);
});

t.test('no compiler outlives a process that is killed, and its leavings do no harm', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'killed'));
  await writeFile(fake.hold, '');
  const builder = another(fake);
  const pid = await heldPid(fake);
  const before = await finished();
  builder.kill('SIGKILL');
  await builder;
  await gone(pid);
  t.same(await finished(), before);
  await rm(fake.hold);
  const { cached } = await ensureKernel(fake.definition, {
    extraPatches: [],
    signal: new AbortController().signal,
  });
  t.equal(cached, false);
});

t.test('of two processes that want the same kernel one builds and the other waits', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'twice'));
  const results = await Promise.all([another(fake), another(fake)]);
  const got = results.map(({ stdout }) => JSON.parse(stdout) as { id: string; cached: boolean });
  t.equal(got[0]?.id, got[1]?.id);
  t.same(got.map(({ cached }) => cached).sort(), [false, true]);
  t.equal(await fake.compiled(), 1);
});

t.test('a source that was not unpacked to the end is unpacked again', async (t) => {
  const fake = await fakeKernel(path.join(dir, 'torn'));
  const stop = new AbortController();
  const progress = (what: string) => {
    if (what.startsWith('recording')) stop.abort();
  };
  await t.rejects(
    ensureKernel(fake.definition, { extraPatches: [], signal: stop.signal, progress }),
    new Interrupted(),
  );
  const said: string[] = [];
  const signal = new AbortController().signal;
  await ensureKernel(fake.definition, { extraPatches: [], signal, progress: (what) => said.push(what) });
  t.equal(said[0], 'unpacking linux-fake.tar');
});
