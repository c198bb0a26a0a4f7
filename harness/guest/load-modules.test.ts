import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { Guest } from './connect-guest.js';
import { loadModules, loadScript } from './load-modules.js';

const signal = new AbortController().signal;
const guestModules = { dir: '/cache/files', names: ['nvme', 'nvme_core'], atBoot: ['nvme'] };
const kernel = { name: 'mine', release: '6.12.1', guestModules };

/** A guest whose script prints `said`; what is asked of it is kept. */
function fakeGuest(said = '') {
  const asked: string[] = [];
  const guest = {
    machine: 'host',
    send: async (from: string, to: string) => void asked.push(`send ${from} ${to}`),
    read: async () => {
      asked.push('load');
      return Buffer.from(said);
    },
  } as unknown as Guest;
  return { guest, asked };
}

t.test('modules are sent, then loaded', async (t) => {
  const { guest, asked } = fakeGuest();
  await loadModules(guest, kernel, 1000, signal);
  t.same(asked, ['send /cache/files /lib/modules/6.12.1', 'load']);
});

t.test('a kernel without any has its guest left alone', async (t) => {
  const { guest, asked } = fakeGuest();
  await loadModules(guest, { name: 'mine', release: '6.12.1' }, 1000, signal);
  t.same(asked, []);
});

t.test('one that does not load is the kernel’s fault', async (t) => {
  const { guest } = fakeGuest("nvme: modprobe: can't load module nvme (nvme.ko): Cannot allocate memory\n");
  await t.rejects(loadModules(guest, kernel, 1000, signal), {
    blame: 'kernel',
    message:
      "a module of mine cannot be loaded in host: nvme: modprobe: can't load module nvme (nvme.ko): Cannot allocate memory",
  });
});

/** Runs the script so many seconds after the boot, with a modprobe that fails for `bad` only. */
async function run(t: Test, uptime: number) {
  const cmdline = 'init=/a-b.c nvme.x=1 p2pmem-ivshmem.ranges=0+16M,32M+16M p2pmem-ivshmem.pages_only=1\n';
  const dir = t.testdir({ cmdline, uptime: `${uptime}.50 3.00\n`, asked: '' });
  const modprobe = `modprobe() { echo "$@" >>${dir}/asked; [ "$1" != bad ] || { echo "no such device"; return 1; }; }\n`;
  const script = loadScript(['nvme', 'bad', 'nvmet'])
    .replaceAll('/proc/', `${dir}/`)
    .replaceAll('/etc/', `${dir}/etc/`);
  const { stdout } = await execa('sh', ['-c', modprobe + script]);
  const lines = (file: string) => readFileSync(path.join(dir, file), 'utf8').trim().split('\n');
  return { stdout, asked: lines('asked'), options: lines('etc/modprobe.d/command-line.conf') };
}

t.test('the first that refuses is told, and ends it', async (t) => {
  t.match(await run(t, 3), { stdout: 'bad: no such device', asked: ['nvme', 'bad'] });
});

t.test('after a long boot NVMe waits longer, as where it is built in', async (t) => {
  t.equal((await run(t, 17)).asked[0], '-q nvme_core io_timeout=60');
  t.equal((await run(t, 200)).asked[0], '-q nvme_core io_timeout=240');
});

t.test('parameters of a module that is written with dashes on the command line', async (t) => {
  t.same((await run(t, 3)).options, [
    'options p2pmem_ivshmem ranges=0+16M,32M+16M',
    'options p2pmem_ivshmem pages_only=1',
  ]);
});
