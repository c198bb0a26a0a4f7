import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { bzImage } from './bz-image.test.support.js';
import { ensureKernel } from './ensure-kernel.js';
import { writeModule } from './module-file.test.support.js';

const signal = new AbortController().signal;
process.env.XDG_CACHE_HOME = path.join(t.testdir(), 'cache');

const bootable = readFileSync(path.join(packageRoot, 'kernels/config/guest.config'), 'utf8');

t.test('a bzImage tells its release', async (t) => {
  const file = path.join(t.testdir(), 'my-kernel');
  await writeFile(file, bzImage('6.13.0-rc1+ (me@here) #7 SMP'));
  const kernel = await ensureKernel(file, { extraPatches: [], signal });
  t.match(kernel, { name: file, bzImage: file, release: '6.13.0-rc1+', cached: true, series: [] });
  t.match(kernel.id, /^[0-9a-f]{16}$/);
  t.same([kernel.vmlinux, kernel.config, kernel.symbols], [undefined, undefined, undefined]);
});

t.test('a build directory has vmlinux and .config as well', async (t) => {
  const dir = t.testdir({
    '.config': `${bootable}CONFIG_PCI_P2PDMA=y\nCONFIG_NVME_RDMA=m\n`,
    arch: { x86: { boot: {} } },
    'a.c': 'void _start(void) {}\n',
  });
  await writeFile(path.join(dir, 'arch/x86/boot/bzImage'), bzImage('6.12.1 (me@here)'));
  await execa('gcc', ['-nostdlib', '-static', '-Wl,--build-id=sha1', '-o', 'vmlinux', 'a.c'], {
    cwd: dir,
  });
  const kernel = await ensureKernel(dir, { extraPatches: [], signal });
  t.match(kernel, { release: '6.12.1', buildId: /^[0-9a-f]{40}$/, vmlinux: path.join(dir, 'vmlinux') });
  t.equal(kernel.symbols?.get('PCI_P2PDMA'), 'y');
  t.equal(kernel.symbols?.get('NVME_RDMA'), undefined, 'no module was built');
  const named = await ensureKernel(path.join(dir, 'arch/x86/boot/bzImage'), { extraPatches: [], signal });
  t.match(named, { buildId: kernel.buildId, config: path.join(dir, '.config') }, 'named by its bzImage');
});

t.test('modules that were built beside it count as much as what is built in', async (t) => {
  const config = bootable.replace('CONFIG_BLK_DEV_NVME=y', 'CONFIG_BLK_DEV_NVME=m');
  const dir = t.testdir({
    '.config': `${config}CONFIG_NVME_RDMA=m\n`,
    'modules.order': 'drivers/nvme/host/nvme.o\n',
    arch: { x86: { boot: {} } },
    drivers: { nvme: { host: {} } },
  });
  await writeFile(path.join(dir, 'arch/x86/boot/bzImage'), bzImage('6.12.1 (me@here)'));
  const missing = `${dir} has no drivers/nvme/host/nvme.ko, which its modules.order lists`;
  await t.rejects(ensureKernel(dir, { extraPatches: [], signal }), { blame: 'scenario', message: missing });
  await writeModule(path.join(dir, 'drivers/nvme/host/nvme.ko'), ['depends=']);
  const kernel = await ensureKernel(dir, { extraPatches: [], signal });
  t.match(kernel, { modules: dir, guestModules: { names: ['nvme'], atBoot: ['nvme'] } });
  t.equal(kernel.symbols?.get('NVME_RDMA'), 'm');
});

t.test('a file that only looks like one', async (t) => {
  const file = path.join(t.testdir(), 'short');
  await writeFile(file, bzImage('x').subarray(0, 0x204));
  await t.rejects(ensureKernel(file, { extraPatches: [], signal }), {
    blame: 'scenario',
    message: `${file} is no bzImage (no setup header of an x86 kernel)`,
  });
});

t.test('one that no guest can boot is refused before it looks guilty', async (t) => {
  const config = bootable
    .replace('CONFIG_EROFS_FS=y', '')
    .replace('CONFIG_VIRTIO_NET=y', 'CONFIG_VIRTIO_NET=m');
  const dir = t.testdir({ '.config': config, arch: { x86: { boot: {} } } });
  await writeFile(path.join(dir, 'arch/x86/boot/bzImage'), bzImage('6.12.1 (me@here)'));
  await t.rejects(ensureKernel(dir, { extraPatches: [], signal }), {
    blame: 'scenario',
    message: [
      `${dir}/.config: CONFIG_EROFS_FS=y is missing, needed by: the root file system`,
      `${dir}/.config: CONFIG_VIRTIO_NET=y is missing, needed by: SSH`,
    ].join('\n'),
  });
});
