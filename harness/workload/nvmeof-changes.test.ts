import { execa } from 'execa';
import t from 'tap';
import { nvmeDisk } from './nvme-disk.js';
import { nvmeReset } from './nvme-reset.js';
import { nvmetExport } from './nvmet-export.js';
import { nvmetResize } from './nvmet-resize.js';
import { nvmetUnexport } from './nvmet-unexport.js';
import { nvmeConnect } from './nvme-connect.js';
import { p2pmemHold } from './p2pmem-hold.js';
import { p2pmemRelease } from './p2pmem-release.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const subsystem = { subsystem: 'sub' };
const remote = { disk: 'remote0' };

t.test('a namespace with a size is a partition at the start of its drive, which can grow', async (t) => {
  const namespaces = [{ drive: 'nvme1', size: '16M', enabled: false }];
  const [script] = scriptsOf(nvmetExport, { ...subsystem, transport: 'loop', port: 2, namespaces });
  t.match(script, 'blkpg add "$disk" 1 0 16777216\ndisk="${disk}p1"\n');
  t.notMatch(script, '/enable');
  t.notMatch(script, 'addr_traddr');
  t.match(script, 'ln -s "/sys/kernel/config/nvmet/$subsystem" ports/2/subsystems/');
  t.match(
    scriptsOf(nvmetResize, { ...subsystem, drive: 'nvme1', size: '32M' })[0],
    'blkpg resize "$disk" 1 0 33554432\necho 1 >/sys/kernel/config/nvmet/subsystems/nqn.2026-11.org.p2plab:sub/namespaces/1/revalidate_size',
  );
});

t.test('a subsystem is taken from its port before its namespaces go', async (t) => {
  t.strictSame(scriptsOf(nvmetUnexport, subsystem), [
    `cd /sys/kernel/config/nvmet
subsystem=subsystems/nqn.2026-11.org.p2plab:sub
[ -d "$subsystem" ] || exit 0
rm -f ports/1/"$subsystem"
[ -n "$(ls ports/1/subsystems)" ] || rmdir ports/1
for namespace in "$subsystem"/namespaces/*; do
  read -r disk <"$namespace/device_path"
  rmdir "$namespace"
  case $disk in *n*p1) blkpg del "\${disk%p1}" 1 ;; esac
done
rmdir "$subsystem"`,
    scriptsOf(nvmetUnexport, subsystem)[1],
  ]);
  t.match(scriptsOf(nvmetUnexport, subsystem)[1], '!= "nqn.2026-11.org.p2plab:sub live" ] || return 0');
});

t.test('a port but loop has a NIC', async (t) => {
  const namespaces = [{ drive: 'nvme1' }];
  for (const wrong of [{ transport: 'loop', nic: 'fab0' }, { transport: 'tcp' }]) {
    t.match(nvmetExport.params.safeParse({ ...subsystem, ...wrong, namespaces }).error?.issues, [
      { path: ['nic'], message: 'a NIC, and none for loop' },
    ]);
    t.match(nvmeConnect.params.safeParse({ ...subsystem, ...wrong, as: 'remote0' }).error?.issues, [
      { path: ['nic'], message: 'the NIC that exports it, and none for loop' },
    ]);
  }
});

t.test('another host connects beside the first', async (t) => {
  const other = { ...subsystem, as: ['a', 'b'], transport: 'rdma', nic: 'fab0', host: 2, port: 3 };
  const [script] = scriptsOf(nvmeConnect, other);
  t.match(
    script,
    'printf transport=rdma,traddr=10.77.0.1,trsvcid=4422,reconnect_delay=10,keep_alive_tmo=30,nqn=nqn.2026-11.org.p2plab:sub,hostnqn=nqn.2014-08.org.nvmexpress:uuid:70327032-6c61-4000-8000-000000000002,hostid=70327032-6c61-4000-8000-000000000002 >/dev/nvme-fabrics',
  );
  t.match(script, '[ "$nsid" != 2 ] || disk=$namespace');
  t.strictSame(nvmeConnect.connects?.(nvmeConnect.params.parse(other)), ['a', 'b']);
});

t.test('a disk is waited for by its size, and until it is gone', async (t) => {
  t.match(scriptsOf(nvmeDisk, { ...remote, size: '32M' })[0], 'until look; [ $bytes = 33554432 ]; do');
  t.match(scriptsOf(nvmeDisk, remote)[0], '[ "$state" != live ] || bytes=$((sectors * 512))');
  const [gone] = scriptsOf(nvmeDisk, { ...remote, state: 'gone' });
  t.match(gone, 'until look; [ $bytes = 0 ]; do');
  t.notMatch(gone, '!= live');
  t.strictSame(samplesOf(nvmeDisk, remote, 'bytes 4096\n'), [{ name: 'bytes', value: 4096, unit: 'B' }]);
  t.throws(() => samplesOf(nvmeDisk, remote, ''), new Error('the script did not say how large the disk is'));
});

t.test('a reset tells the state of the controller', async (t) => {
  t.match(
    scriptsOf(nvmeReset, { ...remote, times: 5 })[0],
    'while [ $round -lt 5 ]; do echo 1 >reset_controller;',
  );
  t.strictSame(samplesOf(nvmeReset, remote, 'state live\n'), [{ name: 'state', value: 'live' }]);
});

t.test('memory is held but for what is left, until it is released', async (t) => {
  const [script] = scriptsOf(p2pmemHold, { provider: 'shm0', leave: '64k' });
  t.match(script, 'bytes=$((available - 65536))');
  t.match(script, 'p2pmem-map hold /sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate $bytes <>stdin');
  t.strictSame(samplesOf(p2pmemHold, { provider: 'shm0' }, 'held 33488896 65536\n'), [
    { name: 'held', value: 33488896, unit: 'B' },
    { name: 'left', value: 65536, unit: 'B' },
  ]);
  t.throws(
    () => samplesOf(p2pmemHold, { provider: 'shm0' }, ''),
    new Error('the script did not say what it holds'),
  );
  t.match(scriptsOf(p2pmemRelease, { provider: 'shm0' })[0], 'kill "$pid"');
});

t.test('every script is one that a POSIX shell can read', async (t) => {
  const scripts = [
    ...scriptsOf(nvmeDisk, { ...remote, size: '32M' }),
    ...scriptsOf(nvmeDisk, { ...remote, state: 'gone' }),
    ...scriptsOf(nvmeReset, remote),
    ...scriptsOf(nvmetResize, { ...subsystem, drive: 'nvme1', size: '32M' }),
    ...scriptsOf(nvmetUnexport, subsystem),
    ...scriptsOf(p2pmemHold, { provider: 'shm0' }),
    ...scriptsOf(p2pmemRelease, { provider: 'shm0' }),
  ];
  for (const script of scripts) await t.resolves(execa('sh', ['-n'], { input: script }));
});
