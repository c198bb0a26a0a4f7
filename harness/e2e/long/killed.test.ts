import { execa } from 'execa';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { listArtifacts } from '../../common/artifact-store.js';
import { findDamage } from '../../common/artifact-contents.js';
import { cacheDir } from '../../common/paths.js';
import { ensureKernel } from '../../kernel/ensure-kernel.js';
import { fakeKernel } from '../../kernel/fake-kernel.test.helper.js';
import { loadRun } from '../../report/load-run.js';
import { named, processesOf } from '../processes-of.test.support.js';
import { eventually, filesBelow, main, readRun } from '../run-p2plab.test.support.js';

// kill -9 of the harness at moments drawn from P2PLAB_SEED (printed): P2PLAB_KILLS of them, 50 if not given.

const kills = Number(process.env.P2PLAB_KILLS ?? 50);
const seed = Number(process.env.P2PLAB_SEED ?? Date.now() % 2 ** 31);

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
function randomFrom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), 1 | state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A cache, a state folder and a folder for temporary files of the test's own, with a built kernel and a fake source. */
async function place(t: Test) {
  const dir = t.testdir();
  const xdg = path.join(dir, 'cache');
  const kernel = await ensureKernel('p2pmem-6.12', {
    extraPatches: [],
    signal: new AbortController().signal,
  });
  await cp(path.dirname(kernel.bzImage), path.join(xdg, 'p2plab/kernels', kernel.id), { recursive: true });
  for (const name of ['probes', 'definitions', 'plugins'])
    if (existsSync(path.join(cacheDir(), name)))
      await cp(path.join(cacheDir(), name), path.join(xdg, 'p2plab', name), { recursive: true });
  const temporary = path.join(dir, 'tmp');
  mkdirSync(temporary);
  const env = { XDG_CACHE_HOME: xdg, XDG_STATE_HOME: path.join(dir, 'state'), TMPDIR: temporary };
  const fake = await fakeKernel(path.join(dir, 'fake'));
  return {
    dir,
    env,
    fake,
    temporary,
    kernels: path.join(xdg, 'p2plab/kernels'),
    images: path.join(xdg, 'p2plab/images'),
  };
}
type Place = Awaited<ReturnType<typeof place>>;

/** In a group of its own, so that what is left of it is found whatever it calls itself. */
const start = (args: string[], { env }: Place) =>
  execa(process.execPath, [main, ...args], { reject: false, stdin: 'ignore', env });

type Phase = 'kernel' | 'image' | 'run';

/** What can be killed: a command, what it must find missing, and how to see that its cache holds whole entries only. */
const phases: Record<
  Phase,
  { args: (at: Place, out: string) => string[]; before: (at: Place) => Promise<void> }
> = {
  kernel: {
    args: ({ fake }) => ['kernel', 'build', fake.definition],
    before: async ({ kernels, fake }) => {
      for (const { id, manifest } of await listArtifacts<{ name: string }>(kernels))
        if (manifest.name !== 'p2pmem-6.12') await rm(path.join(kernels, id), { recursive: true });
      await rm(path.join(path.dirname(fake.definition), 'compiled'), { force: true });
    },
  },
  image: {
    args: () => ['image', 'build', 'base'],
    before: ({ images }) => rm(images, { recursive: true, force: true }),
  },
  run: {
    args: (_, out) => ['run', 'nvme-copy-p2p', '--set', 'provider=shm0', '--jobs', '1', '--out', out],
    before: async () => {},
  },
};

/** Most moments are those of a run: boot, transfer, report. */
const order: readonly Phase[] = ['run', 'image', 'run', 'kernel', 'run'];

async function wholeEntries(t: Test, { kernels, images }: Place) {
  for (const store of [kernels, images])
    for (const name of existsSync(store) ? readdirSync(store).filter((n) => /^[0-9a-f]{16}$/.test(n)) : []) {
      t.ok(existsSync(path.join(store, name, 'manifest.json')), `${name} has its manifest`);
      t.equal(await findDamage(path.join(store, name)), undefined, `${name} is whole`);
    }
}

t.test(`kill -9 at ${kills} moments, P2PLAB_SEED=${seed}`, { timeout: 7_200_000 }, async (t) => {
  const at = await place(t);
  const random = randomFrom(seed);
  const tookMs: Record<Phase, number> = { kernel: 0, image: 0, run: 0 };
  for (const phase of ['image', 'kernel', 'run'] as const) {
    const began = performance.now();
    const { exitCode, stdout, stderr } = await start(phases[phase].args(at, path.join(at.dir, 'whole')), at);
    t.equal(exitCode, 0, `${phase} works before anything is killed: ${stdout}${stderr}`);
    tookMs[phase] = performance.now() - began;
  }
  let killed: string | undefined;
  for (let n = 0; n < kills; n++) {
    const phase = order[n % order.length]!;
    const out = path.join(at.dir, `killed-${n}`);
    await phases[phase].before(at);
    const afterMs = Math.round(random() * tookMs[phase]);
    const running = start(phases[phase].args(at, out), at);
    await wait(afterMs);
    const missed = !running.kill('SIGKILL');
    await running;
    const began = performance.now();
    const gone = await eventually(() => processesOf(at.dir).length === 0, 10_000);
    t.ok(
      gone,
      `${n}: ${phase} at ${afterMs} ms: no process is left: ${named(processesOf(at.dir)).join('; ')}`,
    );
    const goneMs = Math.round(performance.now() - began);
    await wholeEntries(t, at);
    let state = '';
    if (phase === 'run') {
      const { run } = await loadRun(out).catch(() => ({ run: undefined })); // it may not have begun
      state = run?.state ?? 'not begun';
      t.ok(
        ['interrupted', 'not begun', ...(missed ? ['finished'] : [])].includes(state) || run?.endedAt,
        state,
      );
      if (existsSync(path.join(out, 'run.json')))
        t.not(readRun(out).state, 'running', `${n}: run.json itself says so`);
      killed = out;
    }
    t.comment(
      `${n}: ${phase} killed after ${afterMs} of ${Math.round(tookMs[phase])} ms, all gone ${goneMs} ms later ${state}`,
    );
    if (phase !== 'run' || n === kills - 1 || n % order.length === 2) {
      const again =
        phase === 'run' ? phases.run.args(at, path.join(at.dir, `next-${n}`)) : phases[phase].args(at, '');
      const { exitCode, stdout, stderr } = await start(again, at);
      t.equal(exitCode, 0, `${n}: the next ${phase} works: ${stdout}${stderr}`);
    }
    if (killed && (n === kills - 1 || n % order.length === 2)) {
      const secret = filesBelow(killed).filter((name) =>
        /ssh_|authorized_keys|\.disk$|\.bar$|\.sock$/.test(name),
      );
      t.strictSame(secret, [], 'the next run has removed its keys and disks');
    }
    for (const store of [at.kernels, at.images])
      t.strictSame(
        filesBelow(store).filter((name) => /half-made/.test(name)),
        [],
        'nothing half-made is left',
      );
  }
  t.strictSame(filesBelow(at.temporary).slice(0, 5), [], 'no temporary files');
});
