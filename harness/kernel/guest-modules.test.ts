import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { ensureGuestModules } from './guest-modules.js';
import { writeModule } from './module-file.test.support.js';

const dir = t.testdir();
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
const signal = new AbortController().signal;

async function module(name: string, depends = '', ...more: string[]): Promise<string> {
  const file = path.join(dir, `${name}.ko`);
  await writeModule(file, [`depends=${depends}`, ...more]);
  return file;
}

const nvmet = [
  await module('nvmet-rdma', 'nvmet,rdma_cm', 'alias=nvmet-transport-1'),
  await module('nvmet', 'nvme-core'),
  await module('nvme-core'),
  await module('rdma_cm', 'ib_core'),
  await module('ib_core'),
];

t.test('what modprobe wants to know of them', async (t) => {
  const made = await ensureGuestModules(nvmet, signal);
  const text = (name: string) => readFile(path.join(made!.dir, name), 'utf8');
  t.same(made!.names, ['ib_core', 'nvme_core', 'nvmet', 'nvmet_rdma', 'rdma_cm']);
  t.same(made!.atBoot, ['nvmet', 'nvmet_rdma', 'rdma_cm'], 'in the order of the list');
  t.same((await text('modules.dep')).split('\n'), [
    'ib_core.ko:',
    'nvme_core.ko:',
    'nvmet.ko: nvme_core.ko',
    'nvmet_rdma.ko: nvmet.ko rdma_cm.ko nvme_core.ko ib_core.ko',
    'rdma_cm.ko: ib_core.ko',
    '',
  ]);
  t.equal(await text('modules.alias'), 'alias nvmet-transport-1 nvmet_rdma\n');
});

t.test('what others need comes first, also when it is needed twice', async (t) => {
  const files = [await module('a', 'c,b'), await module('b', 'c'), await module('c', 'd'), await module('d')];
  const made = await ensureGuestModules(files, signal);
  t.match(await readFile(path.join(made!.dir, 'modules.dep'), 'utf8'), /^a\.ko: b\.ko c\.ko d\.ko$/m);
});

t.test('they are made once, and again when one has changed', async (t) => {
  const [first, second] = [await ensureGuestModules(nvmet, signal), await ensureGuestModules(nvmet, signal)];
  t.equal(first!.dir, second!.dir);
  await module('ib_core', '', 'version=2');
  t.not((await ensureGuestModules(nvmet, signal))!.dir, first!.dir);
});

t.test('without debug information', async (t) => {
  const file = await module('big');
  const made = await ensureGuestModules([file], signal);
  const [small, whole] = [await stat(path.join(made!.dir, 'big.ko')), await stat(file)];
  t.ok(small.size < whole.size, `${small.size} of ${whole.size}`);
});

t.test('of thousands a guest gets what it may need', async (t) => {
  const others = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => path.join(dir, `other${n}.ko`)),
  );
  const files = [...nvmet, await module('crc32c_generic'), ...others];
  const made = await ensureGuestModules(files, signal);
  t.same(made!.names, ['crc32c_generic', 'ib_core', 'nvme_core', 'nvmet', 'nvmet_rdma', 'rdma_cm']);
  t.equal((await readdir(made!.dir)).length, 6 + 2);
});

t.test('no modules, no folder', async (t) => {
  t.equal(await ensureGuestModules([], signal), undefined);
});

t.test('what is no module', async (t) => {
  const file = path.join(dir, 'nvme.ko');
  await writeFile(file, 'text');
  await t.rejects(ensureGuestModules([file], signal), {
    blame: 'scenario',
    message: `${file} is no kernel module: no ELF file for x86-64`,
  });
});
