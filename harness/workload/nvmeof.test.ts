import { execa } from 'execa';
import t from 'tap';
import { nvmeConnect } from './nvme-connect.js';
import { nvmeDisconnect } from './nvme-disconnect.js';
import { nvmetExport } from './nvmet-export.js';
import { rdmaLink } from './rdma-link.js';
import { rig, samplesOf, scriptsOf } from './sample.test.support.js';

const subsystem = { subsystem: 'sub' };
const exported = (p2pmem: string) => {
  return { ...subsystem, transport: 'rdma', nic: 'fab0', namespaces: [{ drive: 'nvme1', p2pmem }] };
};
const connect = { ...subsystem, as: 'remote0', transport: 'rdma', nic: 'fab0' };

t.test('rdma-link gives the NIC its planned address and a soft RDMA device', async (t) => {
  t.strictSame(scriptsOf(rdmaLink, { nic: 'fab0', driver: 'siw' }), [
    `set -e
netdev=$(ls /sys/bus/pci/devices/0000:06:00.0/net /sys/bus/pci/devices/0000:06:00.0/virtio*/net 2>/dev/null | grep -v : | head -n 1)
[ -n "$netdev" ] || { echo "no network device behind 0000:06:00.0" >&2; exit 1; }
ip link set "$netdev" up
until [ "$(cat "/sys/class/net/$netdev/carrier")" = 1 ]; do sleep 0.1; done
ip address add 10.77.0.1/24 dev "$netdev"
rdma link add fab0 type siw netdev "$netdev"
rdma link`,
  ]);
});

t.test('nvmet-export writes configfs, the port last', async (t) => {
  t.strictSame(scriptsOf(nvmetExport, exported('shm0')), [
    `set -e
cd /sys/kernel/config/nvmet
subsystem=subsystems/nqn.2026-11.org.p2plab:sub
mkdir "$subsystem"
echo 1 >"$subsystem/attr_allow_any_host"
disk=$(ls -d /sys/bus/pci/devices/0000:04:00.0/nvme/nvme*/nvme*n* 2>/dev/null | head -n 1)
[ -n "$disk" ] || { echo "no namespace behind 0000:04:00.0" >&2; exit 1; }
disk=/dev/\${disk##*/}
mkdir "$subsystem/namespaces/1"
echo "$disk" >"$subsystem/namespaces/1/device_path"
echo 70327032-6c61-4000-8001-e792dd72d656 >"$subsystem/namespaces/1/device_uuid"
echo 0000:05:00.0 >"$subsystem/namespaces/1/p2pmem"
echo 1 >"$subsystem/namespaces/1/enable"
if [ ! -d ports/1 ]; then
  mkdir ports/1
  echo rdma >ports/1/addr_trtype
  echo ipv4 >ports/1/addr_adrfam
  echo 10.77.0.1 >ports/1/addr_traddr
  echo 4420 >ports/1/addr_trsvcid
fi
ln -s "/sys/kernel/config/nvmet/$subsystem" ports/1/subsystems/`,
  ]);
});

t.test('peer memory of an export is a provider, the kernel’s choice, or off', async (t) => {
  for (const [choice, written] of Object.entries({ none: '0', auto: '1' }))
    t.match(scriptsOf(nvmetExport, exported(choice))[0], `echo ${written} >"$subsystem/namespaces/1/p2pmem"`);
});

t.test('nvme-connect lets no failure be retried in silence', async (t) => {
  const [script] = scriptsOf(nvmeConnect, connect);
  t.match(script, /^set -e\necho 0 >\/sys\/module\/nvme_core\/parameters\/max_retries\n/);
  t.match(
    script,
    `nvme connect --transport=rdma \\\n  --traddr=10.77.0.1 \\\n  --trsvcid=4420 \\\n  --reconnect-delay=10 \\\n  --keep-alive-tmo=30 \\\n  --nqn=nqn.2026-11.org.p2plab:sub \\\n`,
  );
  t.match(scriptsOf(nvmeConnect, { ...connect, retries: 5 })[0], 'echo 5 >/sys');
});

t.test('nvme-disconnect tells how many controllers it disconnected', async (t) => {
  t.strictSame(scriptsOf(nvmeDisconnect, subsystem), ['nvme disconnect --nqn=nqn.2026-11.org.p2plab:sub']);
  t.strictSame(
    samplesOf(nvmeDisconnect, subsystem, 'NQN:nqn.2026-11.org.p2plab:sub disconnected 1 controller(s)\n'),
    [{ name: 'controllers', value: 1 }],
  );
  t.throws(
    () => samplesOf(nvmeDisconnect, subsystem, ''),
    new Error('nvme disconnect did not say how many it disconnected'),
  );
});

t.test('a control run disconnects where the scenario does, and has nothing to take back of it', async (t) => {
  const params = nvmeDisconnect.params.parse(subsystem);
  t.strictSame(nvmeDisconnect.withoutP2p?.(params), params);
  t.strictSame(nvmeDisconnect.undo?.(params, rig), []);
});

t.test('every script is one that a POSIX shell can read', async (t) => {
  const scripts = [
    ...scriptsOf(rdmaLink, { nic: 'fab0', driver: 'rxe' }),
    ...scriptsOf(nvmetExport, exported('auto')),
    ...scriptsOf(nvmeConnect, connect),
    ...[nvmetExport, nvmeConnect].flatMap((kind) => {
      const params = kind === nvmetExport ? exported('auto') : connect;
      return kind.undo?.(kind.params.parse(params), {} as never).map(({ script }) => script) ?? [];
    }),
  ];
  for (const script of scripts) await t.resolves(execa('sh', ['-n'], { input: script }));
});
